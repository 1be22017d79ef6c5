import Audio
import Conversation
import Diagnostics
import JSON
import OpenAIRealtime
import Playback
import Scenarios
import Testing
import VirtualTime
import Wire

/// A stage with one client, on paper.
private struct House {
  var stage: Stage
  var now = Instant.start
  var commands: [PeerCommand] = []

  init(_ actions: [Step.Action], routes: [Route] = [], isolation: Isolation = .key) {
    let steps = actions.enumerated().map { index, action in
      Step(action, at: .init(file: "x.yaml", line: index + 1))
    }
    let scenario = Scenario(name: "Test", pace: .fast, steps: steps, routes: routes)
    stage = Stage(
      .init(
        script: Script(scenario), protocols: [OpenAIRealtime.wireProtocol], isolation: isolation))
  }

  mutating func open(
    _ target: String = "/v1/realtime?model=m", as number: UInt64 = 1, key: String = "k",
    headers: [Header] = [Header("Upgrade", "websocket")]
  ) {
    let request = Request(
      target: target, headers: headers + [Header("Authorization", "Bearer \(key)")])
    take(.opened(request), number)
  }

  mutating func ask(as number: UInt64 = 1) {
    take(.message(.text, Array(#"{"type":"response.create"}"#.utf8)), number)
    run(number)
  }

  mutating func take(_ event: PeerEvent, _ number: UInt64 = 1) {
    commands += stage.receive(event, from: ConnectionID(number: number), at: now)
  }

  mutating func run(_ number: UInt64 = 1) {
    while let due = stage.deadline(of: ConnectionID(number: number)) {
      now = max(now, due)
      take(.due, number)
    }
  }

  var messages: [JSONValue] {
    commands.compactMap {
      guard case .send(_, let payload) = $0 else { return nil }
      return try? JSONValue(parsing: payload.bytes)
    }
  }

  /// What was said in each response.
  var said: [[String]] {
    messages.filter { $0["type"] == "response.done" }.map { event in
      (event["response"]?["output"]?.array ?? []).compactMap {
        $0["content"]?.array?.first?["transcript"]?.string
      }
    }
  }

  var log: [String] {
    commands.compactMap { if case .log(let line) = $0 { line.text } else { nil } }
  }

  var response: Response? {
    commands.compactMap { if case .respond(let response) = $0 { response } else { nil } }.first
  }
}

private func say(_ text: String) -> Step.Action { .say(text: text, audio: nil, chunk: nil) }
private let awaitUser = Step.Action.awaitUser(heard: nil)

@Suite("Stage: steps") struct StageStepTests {
  @Test func `what stands between two awaits is one turn`() {
    var house = House([awaitUser, say("One."), say("Two."), awaitUser, say("Three.")])
    house.open()
    house.ask()
    house.ask()
    #expect(house.said == [["One.", "Two."], ["Three."]])
  }

  @Test func `the server speaks first where the script does`() {
    var house = House([say("Welcome."), awaitUser, say("Yes?")])
    house.open()
    house.run()
    #expect(house.said == [["Welcome."]])
    house.ask()
    #expect(house.said == [["Welcome."], ["Yes?"]])
  }

  @Test func `an await without an answer is answered with nothing`() {
    var house = House([awaitUser, awaitUser, say("Now.")])
    house.open()
    house.ask()
    house.ask()
    #expect(house.said == [[], ["Now."]])
  }

  @Test func `after the last step the model has nothing to say, and the log tells`() {
    var house = House([awaitUser, say("One.")])
    house.open()
    house.ask()
    house.ask()
    house.ask()
    #expect(house.said == [["One."], [], []])
    #expect(
      house.log.contains(
        "user turn, but the scenario has no steps left: the model answers with nothing"))
  }

  @Test func `closing waits for the turn before it`() {
    var house = House([awaitUser, say("Bye."), .close(code: 1011, reason: "over")])
    house.open()
    house.ask()
    #expect(house.said == [["Bye."]])
    #expect(house.commands.last == .close(.internalError, "over"))
  }

  @Test func `every connection plays the script from its beginning`() {
    var house = House([awaitUser, say("One."), awaitUser, say("Two.")])
    house.open(as: 1)
    house.open(as: 2)
    house.ask(as: 1)
    house.ask(as: 2)
    house.ask(as: 1)
    #expect(house.said == [["One."], ["One."], ["Two."]])
  }

  @Test func `the log says which step a turn reached`() {
    var house = House([awaitUser, say("One.")])
    house.open()
    house.ask()
    #expect(house.log.contains("user turn answers 'await: user' at x.yaml:1:1"))
  }
}

@Suite("Stage: requests") struct StageRequestTests {
  @Test func `an echo route gives back every byte`() {
    var house = House([], routes: [Route(path: "/echo", behaviour: .webSocketEcho)])
    house.open("/echo?x=1")
    #expect(house.commands == [.upgrade(subprotocol: nil)])
    house.take(.message(.binary, [0, 255, 1]))
    #expect(house.commands.last == .send(.binary, Payload([0, 255, 1])))
    house.take(.closed(.normal, ""))
    house.take(.message(.text, [65]))
    #expect(house.commands.count == 2)
  }

  @Test func `a WebSocket path without an upgrade gets 426`() throws {
    var house = House([awaitUser])
    house.open(headers: [])
    let response = try #require(house.response)
    #expect(response.status == 426)
    #expect(response.headers.contains(Header("Upgrade", "websocket")))
  }

  @Test(arguments: [
    (
      "/nowhere", [],
      #"{"error":{"message":"no such resource: GET /nowhere","#
        + #""type":"invalid_request_error","param":null,"code":"not_found"}}"#
    ),
    (
      "/v1beta/nowhere", [],
      #"{"error":{"code":404,"message":"no such resource: "#
        + #"GET /v1beta/nowhere","status":"NOT_FOUND"}}"#
    ),
    (
      "/nowhere", [Header("Upgrade", "websocket")],
      #"{"error":{"message":"no such resource: "#
        + #"GET /nowhere","type":"invalid_request_error","param":null,"code":"not_found"}}"#
    ),
  ])
  func `an unknown path gets the vendor's 404`(path: String, headers: [Header], body: String)
    throws
  {
    var house = House([awaitUser])
    house.open(path, headers: headers)
    let response = try #require(house.response)
    #expect(response.status == 404)
    #expect(String(decoding: response.body, as: UTF8.self) == body)
  }

  @Test func `the root tells what is served`() throws {
    var house = House([awaitUser])
    house.open("/", headers: [])
    let body = try JSONValue(parsing: try #require(house.response).body)
    #expect(body == ["server": "mockgem", "scenario": "Test", "protocols": ["openai-realtime"]])
  }

  @Test func `connections of a key share dice, isolated ones do not`() {
    func ids(_ isolation: Isolation, keys: [String]) -> [String] {
      var house = House([awaitUser], isolation: isolation)
      for (index, key) in keys.enumerated() { house.open(as: UInt64(index + 1), key: key) }
      return house.messages.compactMap { $0["session"]?["id"]?.string }
    }
    #expect(Set(ids(.key, keys: ["a", "a"])).count == 2)
    #expect(Set(ids(.key, keys: ["a", "b"])).count == 1)
    #expect(Set(ids(.connection, keys: ["a", "a"])).count == 1)
  }

  @Test func `the log never shows a key`() {
    var house = House([awaitUser])
    house.open("/v1/realtime?model=m&key=SECRET", key: "SECRET")
    house.take(.closed(.normal, ""))
    #expect(!house.log.isEmpty)
    #expect(!house.log.contains { $0.contains("SECRET") })
  }
}
