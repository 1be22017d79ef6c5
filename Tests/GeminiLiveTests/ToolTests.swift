import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: functions of the client") struct ToolTests {
  private static let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48_000))
  private let ask: JSONValue = ["realtimeInput": ["text": "Weather?"]]
  private let weather = ToolCall(name: "weather", arguments: ["city": "Ankara"], id: "c1")
  private let news = ToolCall(name: "news", id: "c2")
  private let say = ServerAction.say(Speech(text: "Sunny.", audio: clip))

  /// A set-up that declares both functions.
  private func setup(_ behavior: String?) -> JSONObject {
    let functions = ["weather", "news"].map { name -> JSONValue in
      var function: JSONObject = ["name": .string(name)]
      function["behavior"] = behavior.map { .string($0) }
      return .object(function)
    }
    return ["tools": [["functionDeclarations": .array(functions)]]]
  }

  private func response(_ id: String, _ more: JSONObject = [:]) -> JSONObject {
    var response: JSONObject = ["id": .string(id), "name": "weather", "response": ["result": 25]]
    response.members += more.members
    return response
  }

  private func results(_ responses: JSONObject...) -> JSONValue {
    ["toolResponse": ["functionResponses": .array(responses.map { .object($0) })]]
  }

  private let result = ToolResult(id: "c1", name: "weather", output: ["result": 25])

  /// A session in which the model has called, and waits.
  private func calling(
    _ behavior: String?, _ calls: [ToolCall]? = nil, model: String = "models/gemini-3.8-live",
    then answers: [[ServerAction]] = [], settings: SessionSettings? = nil
  ) -> Driver {
    var driver = Driver.ready(
      setup(behavior), model: model,
      answers: [[.call(calls ?? [weather]), .awaitResults]] + answers, settings: settings)
    driver.send(ask)
    driver.run()
    return driver
  }

  @Test func `a blocking call leaves the turn open until its result is there`() {
    var driver = calling("BLOCKING", then: [[say]])
    #expect(
      driver.frames == [
        [
          "toolCall": [
            "functionCalls": [["id": "c1", "name": "weather", "args": ["city": "Ankara"]]]
          ]
        ]
      ])
    driver.forget()
    let answered = driver.now
    driver.send(results(response("c1")))
    #expect(driver.heard == [.turn(UserTurn(results: [result]))])
    driver.run(until: answered + .milliseconds(499))
    #expect(driver.frames.isEmpty)
    driver.run()
    #expect(driver.audio == Self.clip.bytes)
    #expect(driver.frames.last?["serverContent"] == ["turnComplete": true])
    // One second of audio after the pause.
    #expect(driver.now == answered + .milliseconds(1500))
  }

  @Test func `a call comes after the pause before any first output`() {
    var driver = Driver.ready(setup("BLOCKING"), answers: [[.call([weather]), .awaitResults]])
    driver.send(ask)
    driver.run(for: .milliseconds(499))
    #expect(driver.frames.isEmpty)
    driver.run(for: .milliseconds(1))
    #expect(driver.frames.count == 1)
  }

  @Test func `a result that comes before it is awaited leaves the turn open as well`() {
    var driver = Driver.ready(setup("BLOCKING"), answers: [[.awaitResults]])
    driver.direct(.call([weather]))
    driver.run()
    driver.send(results(response("c1")))
    driver.run()
    #expect(driver.heard.last == .turn(UserTurn(results: [result])))
    #expect(!driver.frames.contains { $0["serverContent"]?["turnComplete"] != nil })
  }

  @Test func `parallel calls share a message, and all blocking ones are waited for`() {
    var driver = calling("BLOCKING", [weather, news], then: [[say]])
    #expect(driver.frames[0]["toolCall"]?["functionCalls"]?.array?.count == 2)
    driver.forget()
    driver.send(results(response("c2", ["name": "news"])))
    #expect(driver.heard.isEmpty)
    driver.send(results(response("c1")))
    let other = ToolResult(id: "c2", name: "news", output: ["result": 25])
    #expect(driver.heard == [.turn(UserTurn(results: [other, result]))])
  }

  @Test func `a call that does not block ends its turn at once`() {
    let driver = calling("NON_BLOCKING")
    #expect(
      driver.frames.map { $0.object?.names.first } == [
        "toolCall", "serverContent", "serverContent",
      ])
    #expect(driver.frames[1] == ["serverContent": ["generationComplete": true]])
    #expect(driver.frames[2]["serverContent"] == ["turnComplete": true])
  }

  @Test(arguments: [
    ("models/gemini-3.8-live", nil, 3), ("models/gemini-2.5-flash-native-audio-latest", nil, 1),
    ("models/gemini-3.1-flash-live-preview", "NON_BLOCKING", 2),
    ("models/gemini-3.8-live-extended-thinking", "BLOCKING", 3),
  ])
  func `without a behavior the model decides, and some models have but one`(
    model: String, behavior: String?, frames: Int
  ) {
    // 3.1 begins with a frame of usage, and its call blocks.
    #expect(calling(behavior, model: model).frames.count == frames)
  }

  @Test func `a result for an idle model is answered in a turn of its own`() {
    var driver = calling("NON_BLOCKING", then: [[say]])
    driver.forget()
    driver.send(results(response("c1", ["scheduling": "WHEN_IDLE"])))
    #expect(driver.heard == [.turn(UserTurn(results: [result]))])
    driver.run()
    #expect(driver.frames.last?["serverContent"] == ["turnComplete": true])
  }

  /// A session in which the call is pending and the model says something else.
  private func talking() -> Driver {
    var driver = calling("NON_BLOCKING", then: [[say], [say]])
    driver.send(ask)
    driver.run(for: .milliseconds(520))
    driver.forget()
    return driver
  }

  @Test func `WHEN_IDLE waits for the end of the turn under way`() {
    var driver = talking()
    driver.send(results(response("c1")))
    #expect(driver.heard.isEmpty)
    driver.run()
    #expect(driver.heard == [.turn(UserTurn(results: [result]))])
    let ends = driver.frames.filter { $0["serverContent"]?["turnComplete"] != nil }
    #expect(ends.count == 2)
    #expect(!driver.frames.contains { $0["serverContent"]?["interrupted"] != nil })
  }

  @Test func `INTERRUPT cuts the turn under way`() {
    var driver = talking()
    driver.send(results(response("c1", ["scheduling": "INTERRUPT"])))
    #expect(driver.heard == [.interrupted, .turn(UserTurn(results: [result]))])
    #expect(driver.frames.first == ["serverContent": ["interrupted": true]])
  }

  @Test func `INTERRUPT waits while the user speaks, except before 3`() {
    for (model, waits) in [
      ("models/gemini-3.8-live", true), ("models/gemini-live-2.5-flash", false),
    ] {
      var driver = calling("NON_BLOCKING", model: model, then: [[say]])
      driver.forget()
      driver.hear(400)
      driver.send(results(response("c1", ["scheduling": "INTERRUPT"])))
      #expect(driver.heard.isEmpty == waits, "\(model)")
      driver.send(["realtimeInput": ["audioStreamEnd": true]])
      guard waits else { continue }
      #expect(
        driver.heard.last == .turn(UserTurn(speech: .milliseconds(400), results: [result])))
    }
  }

  @Test func `SILENT says nothing, and the next turn knows the result`() {
    var driver = calling("NON_BLOCKING", then: [[say]])
    driver.forget()
    driver.send(results(response("c1", ["scheduling": "SILENT"])))
    driver.run()
    #expect(driver.outputs.isEmpty)
    driver.send(ask)
    #expect(driver.heard == [.turn(UserTurn(text: "Weather?", results: [result]))])
  }

  @Test func `scheduling may stand in the response, as the guide writes it`() {
    var driver = calling("NON_BLOCKING")
    driver.forget()
    driver.send(
      results([
        "id": "c1", "name": "weather", "response": ["result": 25, "scheduling": "SILENT"],
      ]))
    #expect(driver.outputs.isEmpty)
  }

  @Test func `willContinue keeps a call that does not block open`() {
    var driver = calling("NON_BLOCKING", then: [[say], [say]])
    driver.forget()
    driver.send(results(response("c1", ["willContinue": true])))
    driver.run()
    driver.send(results(response("c1")))
    driver.run()
    driver.send(results(response("c1")))
    #expect(driver.heard.count == 2)
    #expect(driver.explanations.last?.contains("no call 'c1' is pending") == true)
  }

  @Test func `unknown and late ids are ignored`() {
    var driver = calling("BLOCKING")
    driver.forget()
    driver.send(results(response("c9")))
    #expect(driver.frames.isEmpty)
    #expect(driver.heard.isEmpty)
    #expect(driver.closes.isEmpty)
  }

  @Test func `extended thinking refuses scheduling`() {
    var driver = calling(nil, model: "models/gemini-3.8-live-extended-thinking")
    driver.send(results(response("c1", ["scheduling": "SILENT"])))
    #expect(driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
  }

  @Test func `an interaction goes on while a call is pending`() {
    var driver = calling(
      nil, model: "models/gemini-3.8-live-extended-thinking", then: [[say]])
    driver.send(results(response("c1")))
    driver.run()
    let statuses = driver.frames.compactMap { $0["serverContent"]?["interactionStatus"]?.string }
    #expect(statuses == ["IN_PROGRESS", "IDLE"])
  }

  @Test func `the user interrupts a pending call, and its late result is ignored`() {
    for (model, cancels) in [
      ("models/gemini-3.8-live", false), ("models/gemini-2.0-flash-live-001", true),
    ] {
      var driver = calling("BLOCKING", model: model, then: [[say]])
      driver.forget()
      driver.send(["realtimeInput": ["text": "Wait!"]])
      #expect(driver.frames[0] == ["serverContent": ["interrupted": true]])
      let cancellation: JSONValue = ["toolCallCancellation": ["ids": ["c1"]]]
      #expect(driver.frames.contains(cancellation) == cancels, "\(model)")
      #expect(driver.heard == [.interrupted, .turn(UserTurn(text: "Wait!"))])
      driver.run()
      driver.forget()
      driver.send(results(response("c1")))
      #expect(driver.heard.isEmpty)
    }
  }

  @Test func `a scenario overrides what a model does with calls`() {
    var settings = SessionSettings()
    settings.options = ["calls": .word("blocking"), "call_cancellation": .flag(true)]
    var driver = calling(nil, settings: settings)
    #expect(driver.frames.count == 1)
    driver.send(ask)
    #expect(driver.frames.contains(["toolCallCancellation": ["ids": ["c1"]]]))
  }

  @Test func `a scenario cancels calls`() {
    var driver = calling("BLOCKING", [weather, news], then: [[say]])
    driver.forget()
    driver.direct(.cancelCalls(ids: ["c2"]))
    #expect(driver.frames == [["toolCallCancellation": ["ids": ["c2"]]]])
    driver.send(results(response("c1")))
    #expect(driver.heard == [.turn(UserTurn(results: [result]))])
  }

  @Test func `cancelling the last call that is missing lets the model go on`() {
    var driver = calling("BLOCKING", [weather, news], then: [[say]])
    driver.send(results(response("c1")))
    driver.forget()
    driver.direct(.cancelCalls(ids: []))
    #expect(driver.frames == [["toolCallCancellation": ["ids": ["c2"]]]])
    #expect(driver.heard == [.turn(UserTurn(results: [result]))])
  }

  @Test(arguments: [
    ("models/gemini-3.8-live", "call_"), ("models/gemini-3.1-flash-live-preview", "fc_"),
    ("models/gemini-2.5-flash-native-audio-latest", "function-call-"),
  ])
  func `ids look as the model writes them`(model: String, prefix: String) {
    let driver = calling(nil, [ToolCall(name: "weather")], model: model)
    let calls = driver.frames.compactMap { $0["toolCall"]?["functionCalls"]?.array?.first }
    #expect(calls.first?["id"]?.string?.hasPrefix(prefix) == true)
  }

  @Test func `a function that was not declared is called, and the log tells`() {
    let driver = calling(nil, [ToolCall(name: "wether")])
    #expect(driver.explanations.contains { $0.contains("'wether'") })
    #expect(driver.frames.count == 3)
  }

  @Test func `contextUpdate changes what is declared`() {
    var driver = Driver.ready(setup("NON_BLOCKING"), answers: [[.call([weather]), .awaitResults]])
    driver.send(["contextUpdate": ["tools": ["tools": []]]])
    driver.send(ask)
    driver.run()
    #expect(driver.explanations.contains { $0.contains("'weather'") })
  }
}
