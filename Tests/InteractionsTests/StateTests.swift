import Conversation
import Interactions
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Interactions: stored state") struct StateTests {
  private let hello: JSONValue = ["model": model, "input": "Hello"]

  private func made(_ driver: inout Driver, _ body: JSONValue, _ text: String) -> String {
    let number = driver.create(body, [say(text)])
    defer { driver.leave(number) }
    return driver.json(number)["id"]?.string ?? ""
  }

  private func status(_ driver: inout Driver, _ id: String) -> Int? {
    let number = driver.get(id)
    return driver.exchanges[number].status
  }

  @Test func `a get shows the whole time line, and the input when asked`() {
    var driver = Driver()
    let id = made(&driver, hello, "Hi")
    let plain = driver.get(id)
    let json = driver.json(plain)
    #expect(
      json["steps"]?.array?.map { $0["type"] } == ["user_input", "thought", "model_output"])
    #expect(json["input"] == nil)
    let asked = driver.get(id, "?include_input=true")
    #expect(driver.json(asked)["input"] == "Hello")
    let masked = driver.get(id, "?fields=steps")
    #expect(driver.exchanges[masked].status == 400)
  }

  @Test func `what is deleted is found no more`() {
    var driver = Driver()
    let id = made(&driver, hello, "Hi")
    let deletion = driver.request("DELETE", "/v1/interactions/\(id)")
    #expect(driver.exchanges[deletion].status == 200)
    #expect(driver.json(deletion) == [:])
    for number in [
      driver.get(id), driver.request("DELETE", "/v1/interactions/\(id)"),
      driver.request("POST", "/v1/interactions/\(id)/cancel"),
      driver.create([
        "model": model, "input": "And?", "previous_interaction_id": .string(id),
      ]),
    ] {
      #expect(driver.exchanges[number].status == 404)
      #expect(
        driver.json(number)
          == ["error": ["message": "Interaction not found.", "code": "not_found"]])
    }
  }

  @Test func `an interaction is forgotten when its time is over`() {
    var driver = Driver(pace: .fast, options: ["retention": .duration(.seconds(60))])
    let id = made(&driver, hello, "Hi")
    driver.run(until: .start + .seconds(60))
    let early = driver.get(id)
    #expect(driver.exchanges[early].status == 200)
    driver.run(until: .start + .seconds(61))
    let late = driver.get(id)
    #expect(driver.exchanges[late].status == 404)
  }

  @Test func `history is inherited and costs tokens, other fields are not`() {
    var driver = Driver()
    let first = driver.create(
      ["model": model, "input": "12345678", "system_instruction": "Be a cat."], [say("1234")])
    #expect(driver.json(first)["system_instruction"] == "Be a cat.")
    let second = driver.create(
      ["model": model, "input": "1234", "previous_interaction_id": driver.json(first)["id"] ?? ""],
      [say("x")])
    #expect(driver.json(second)["usage"]?["total_input_tokens"] == 4)
    #expect(driver.json(second)["system_instruction"] == nil)
  }

  @Test func `only so many interactions are kept`() {
    var driver = Driver()
    driver.keep(InteractionsShelf(runsMax: 2))
    let ids = ["One", "Two", "Three"].map { made(&driver, hello, $0) }
    #expect(ids.map { status(&driver, $0) } == [404, 200, 200])
  }

  @Test func `clients that leave before their answer fill nothing`() {
    var driver = Driver(pace: .service)
    driver.keep(InteractionsShelf(runsMax: 2))
    let ids = (0..<3).map { _ in
      let number = driver.create(["model": model, "input": "?", "stream": true], [say("Hi")])
      driver.leave(number)
      return driver.exchanges[number].events[0]["interaction"]?["id"]?.string ?? ""
    }
    #expect(ids.map { status(&driver, $0) } == [404, 200, 200])
  }

  @Test func `only so many bytes are kept, and the newest always`() {
    var driver = Driver()
    driver.keep(InteractionsShelf(bytesMax: 1000))
    var ids = [400, 400, 400, 4000].map { count in
      made(&driver, ["model": model, "input": .string(String(repeating: "x", count: count))], "Hi")
    }
    #expect(ids.map { status(&driver, $0) } == [404, 404, 404, 200])
    ids = [made(&driver, hello, "Hi"), made(&driver, hello, "Hi")]
    #expect(ids.map { status(&driver, $0) } == [200, 200])
  }

  @Test func `a stream is replayed whole, or from an event on`() {
    var driver = Driver()
    let number = driver.create(
      ["model": model, "input": "?", "stream": true], [say("Some words to be cut in two pieces.")])
    driver.run()
    let id = driver.exchanges[number].events[0]["interaction"]?["id"]?.string ?? ""
    let all = driver.get(id, "?stream=true")
    driver.run()
    let replay = driver.exchanges[all]
    #expect(replay.types == driver.exchanges[number].types)
    #expect(replay.events.allSatisfy { $0["event_id"] != nil })
    #expect(replay.isFinished)
    let seen = driver.exchanges[number].events.compactMap { $0["event_id"]?.string }
    let rest = driver.get(id, "?stream=true&last_event_id=\(seen[1])")
    driver.run()
    let place = replay.events.firstIndex { $0["event_id"]?.string == seen[1] } ?? 0
    #expect(driver.exchanges[rest].events == Array(replay.events[(place + 1)...]))
    let wrong = driver.get(id, "?stream=true&last_event_id=x-1")
    #expect(driver.exchanges[wrong].status == 400)
  }

  @Test func `the model goes on when its client is gone`() {
    var driver = Driver(pace: .service)
    let number = driver.create(
      ["model": model, "input": "?", "stream": true], [say("One."), say("Two.")])
    driver.run(until: .start + .milliseconds(450))
    let id = driver.exchanges[number].events[0]["interaction"]?["id"]?.string ?? ""
    driver.leave(number)
    #expect(driver.exchanges[number].remembered == [id])
    let resumed = driver.get(id, "?stream=true")
    driver.run()
    #expect(
      driver.exchanges[resumed].events.compactMap { $0["delta"]?["text"] } == ["One.", "Two."])
    #expect(driver.exchanges[resumed].events.last?["interaction"]?["status"] == "completed")
  }

  @Test(arguments: [
    (TurnEnd(.incomplete(reason: "max_tokens")), "incomplete"),
    (TurnEnd(.incomplete(reason: "budget_exceeded")), "budget_exceeded"),
    (TurnEnd(.failed(ServiceFailure(code: "safety", message: "No."))), "failed"),
  ])
  func `a turn ends as the scenario says`(end: TurnEnd, status: String) {
    var driver = Driver()
    let number = driver.create(hello, [say("So far")], ending: [.endTurn(end)])
    #expect(driver.json(number)["status"] == .string(status))
    if status == "failed" {
      #expect(driver.json(number)["errors"] == [["message": "No.", "code": "safety"]])
    }
  }

  @Test func `an answer may ask its client to go on`() {
    var driver = Driver()
    let first = driver.create(
      hello, [say("So far")],
      ending: [.endTurn(TurnEnd(.incomplete(reason: "requires_continuation")))])
    let json = driver.json(first)
    #expect(json["status"] == "requires_continuation")
    let second = driver.create(
      [
        "model": model, "continuation_token": json["continuation_token"] ?? "",
        "previous_interaction_id": json["id"] ?? "",
      ], [say("and on")])
    #expect(driver.json(second)["status"] == "completed")
    #expect(driver.exchanges[second].turn == UserTurn())
  }

  @Test func `what is not stored goes on by its token alone`() {
    var driver = Driver()
    let question: JSONObject = ["model": model, "input": "?", "store": false]
    let first = driver.create(
      .object(question), [say("So far")],
      ending: [.endTurn(TurnEnd(.incomplete(reason: "requires_continuation")))])
    let json = driver.json(first)
    let id = json["id"]?.string ?? ""
    #expect(driver.exchanges[first].remembered == [id])
    var hop = question
    hop["continuation_token"] = json["continuation_token"]
    let second = driver.create(.object(hop), [say("and on")])
    #expect(driver.exchanges[second].thread == .following(id))
    #expect(driver.json(second)["status"] == "completed")
    let lookup = driver.get(id)
    #expect(driver.exchanges[lookup].status == 404)
  }

  @Test func `a connection that is cut leaves what was made`() {
    var driver = Driver()
    let number = driver.create(
      ["model": model, "input": "?", "stream": true], [say("Half"), .hangUp(nil, "cut")])
    driver.run()
    #expect(driver.exchanges[number].outputs.contains(.close(nil, "cut")))
    #expect(!driver.exchanges[number].isFinished)
    let id = driver.exchanges[number].events[0]["interaction"]?["id"]?.string ?? ""
    let lookup = driver.get(id)
    #expect(driver.json(lookup)["status"] == "incomplete")
  }
}
