import Conversation
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Interactions: revisions") struct RevisionTests {
  private static let old = Header("Api-Revision", "2026-05-07")
  private static let new = Header("Api-Revision", "2026-05-20")
  private static let oldSDK = Header("User-Agent", "google-genai-sdk/1.75.0 gl-python/3.11")

  private func fields(_ policy: String?, _ headers: [Header]) -> [String] {
    var driver = Driver(
      pace: .fast, options: policy.map { ["revision": .word($0)] } ?? [:])
    let number = driver.create(
      ["model": model, "input": "x"], headers: headers + [Driver.key], [say("y")])
    return driver.json(number).object?.names ?? []
  }

  @Test(
    arguments: [
      (nil, [], "steps"), (nil, [old], "outputs"), (nil, [new], "steps"),
      (nil, [oldSDK], "outputs"), (nil, [oldSDK, new], "steps"), ("steps", [old], "steps"),
      ("legacy", [new], "outputs"), ("sunset", [old], "steps"), ("sunset", [oldSDK], "error"),
    ] as [(String?, [Header], String)])
  func `the scenario and the client choose the schema`(
    policy: String?, headers: [Header], field: String
  ) {
    #expect(fields(policy, headers).contains(field))
  }

  @Test func `a legacy answer is flat`() {
    var driver = Driver()
    let number = driver.create(
      ["model": model, "input": "x"], headers: [Self.old, Driver.key],
      [.think("Hm"), say("Hello"), .execute(CodeExecution(code: "1", output: "1"))])
    let json = driver.json(number)
    #expect(json["role"] == "model")
    #expect(
      json["outputs"]?.array?.map { $0["type"] } == [
        "thought", "text", "code_execution_call", "code_execution_result",
      ])
    #expect(json["outputs"]?.array?[1] == ["type": "text", "text": "Hello"])
  }

  @Test func `a legacy stream has events of other names`() {
    var driver = Driver()
    let number = driver.create(
      ["model": model, "input": "x", "stream": true, "tools": weather],
      headers: [Self.old, Driver.key],
      [say("Hello"), call("get_weather", ["location": "Ankara"], id: "a")],
      ending: [.awaitResults])
    driver.run()
    let exchange = driver.exchanges[number]
    #expect(
      exchange.types == [
        "interaction.start", "interaction.status_update", "content.start", "content.delta",
        "content.stop", "content.start", "content.delta", "content.stop", "content.start",
        "content.delta", "content.stop", "interaction.complete",
      ])
    let start = exchange.events[0]["interaction"]
    #expect(start?["created"] != nil && start?["updated"] != nil)
    #expect(exchange.events[5]["content"] == ["type": "text", "text": ""])
    #expect(exchange.events[6]["delta"] == ["type": "text", "text": "Hello"])
    #expect(
      exchange.events[9]["delta"] == [
        "type": "function_call", "id": "a", "name": "get_weather",
        "arguments": ["location": "Ankara"],
      ])
    #expect(exchange.events.last?["interaction"]?["role"] == "model")
    #expect(exchange.events.last?["interaction"]?["status"] == "requires_action")
  }

  @Test func `a legacy tool says again in its delta which call it is`() {
    var driver = Driver()
    let number = driver.create(
      ["model": model, "input": "x", "stream": true], headers: [Self.old, Driver.key],
      [.execute(CodeExecution(code: "1", output: "1"))])
    driver.run()
    let events = driver.exchanges[number].events
    #expect(events[5]["content"] == ["type": "code_execution_call"])
    #expect(
      events[6]["delta"]?.object?.names == ["type", "id", "arguments", "signature"])
  }

  @Test func `legacy turns are history, and everything is a content`() {
    var driver = Driver()
    let input: JSONValue = [
      ["role": "user", "content": "One"],
      ["role": "model", "content": [["type": "text", "text": "Two"]]],
      ["role": "user", "content": [["type": "text", "text": "Three"]]],
    ]
    let number = driver.create(
      ["model": model, "input": input], headers: [Self.old, Driver.key], [say("Four")])
    #expect(driver.exchanges[number].thread == .afterTurns(1))
    #expect(driver.exchanges[number].turn?.text == "Three")
  }

  @Test func `a stream may be tried with other line ends, a BOM, another type and no end`() {
    var driver = Driver(
      pace: .fast,
      options: [
        "line_ends": .word("crlf"), "byte_order_mark": .flag(true), "done": .flag(false),
        "stream_type": .text("text/plain"), "event_ids": .word("all"),
      ])
    let number = driver.create(["model": model, "input": "x", "stream": true], [say("y")])
    driver.run()
    let exchange = driver.exchanges[number]
    #expect(exchange.response?.headers.first == Header("Content-Type", "text/plain"))
    #expect(exchange.response?.body == [0xEF, 0xBB, 0xBF])
    #expect(exchange.stream.hasPrefix("event: interaction.created\r\ndata: {"))
    #expect(!exchange.stream.contains("[DONE]"))
    #expect(exchange.isFinished)
  }
}
