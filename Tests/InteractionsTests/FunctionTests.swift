import Conversation
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Interactions: functions and history") struct FunctionTests {
  private let ask: JSONValue = ["model": model, "input": "Weather?", "tools": weather]

  private func answering(_ previous: JSONValue?, _ input: JSONValue) -> JSONValue {
    [
      "model": model, "tools": weather, "previous_interaction_id": previous ?? .null,
      "input": input,
    ]
  }

  @Test func `a call asks for action, and its result is the next turn`() {
    var driver = Driver()
    let first = driver.create(
      ask, [call("get_weather", ["location": "Ankara"])], ending: [.awaitResults])
    let json = driver.json(first)
    #expect(json["status"] == "requires_action")
    let step = json["steps"]?.array?.last
    #expect(step?["name"] == "get_weather")
    #expect(step?["arguments"] == ["location": "Ankara"])
    #expect(step?["id"]?.string?.count == 8)
    let id = json["id"]?.string ?? ""
    let second = driver.create(
      answering(
        json["id"],
        [["type": "function_result", "call_id": step?["id"] ?? "", "result": "{\"t\":22}"]]),
      [say("22.")])
    #expect(driver.json(second)["status"] == "completed")
    #expect(driver.exchanges[second].thread == .following(id))
    #expect(
      driver.exchanges[second].turn
        == UserTurn(results: [
          ToolResult(
            id: step?["id"]?.string ?? "", name: "get_weather", output: ["t": 22])
        ]))
    #expect(driver.json(second)["previous_interaction_id"] == json["id"])
  }

  @Test func `arguments are streamed in pieces of their text`() throws {
    var driver = Driver()
    var body = ask.object ?? [:]
    body["stream"] = true
    let arguments: JSONObject = ["location": "Ankara", "unit": "celsius"]
    let number = driver.create(
      .object(body), [call("get_weather", arguments, id: "abc")], ending: [.awaitResults])
    driver.run()
    let exchange = driver.exchanges[number]
    #expect(
      exchange.events.first { $0["index"] == 1 }?["step"] == [
        "type": "function_call", "id": "abc", "name": "get_weather", "arguments": [:],
      ])
    let pieces = exchange.events.compactMap { $0["delta"]?["arguments"]?.string }
    #expect(pieces.count > 2)
    #expect(try JSONValue(parsing: pieces.joined()) == .object(arguments))
    #expect(exchange.events.last?["interaction"]?["status"] == "requires_action")
  }

  @Test(arguments: ["", "v1_unknown"])
  func `a result without its call is refused`(callID: String) {
    var driver = Driver()
    let first = driver.create(ask, [say("No call.")])
    let id = driver.json(first)["id"]
    let second = driver.create(
      answering(
        id, [["type": "function_result", "call_id": .string(callID), "result": "x"]]))
    #expect(driver.exchanges[second].status == 400)
    #expect(
      driver.json(second)["error"]?["message"]?.string?.hasPrefix(
        "Please ensure that function response turn comes immediately after a function call turn.")
        == true)
  }

  @Test func `every call of a turn wants its result`() {
    var driver = Driver()
    let calls = ServerAction.call([
      ToolCall(name: "get_weather", id: "a"), ToolCall(name: "get_weather", id: "b"),
    ])
    let first = driver.create(ask, [calls], ending: [.awaitResults])
    let id = driver.json(first)["id"]
    let result = { (id: JSONValue) -> JSONValue in
      ["type": "function_result", "call_id": id, "result": ["ok": true]]
    }
    let half = driver.create(answering(id, [result("a")]))
    #expect(driver.exchanges[half].status == 400)
    #expect(driver.exchanges[half].warnings.first?.hasSuffix("no result for b") == true)
    let whole = driver.create(answering(id, [result("b"), result("a")]), [say("Both.")])
    #expect(driver.exchanges[whole].status == 200)
    #expect(driver.exchanges[whole].turn?.results.map(\.id) == ["b", "a"])
  }

  @Test func `a call the request does not declare is told to the log`() {
    var driver = Driver()
    let number = driver.create(
      ["model": model, "input": "x"], [call("get_weather", [:])], ending: [.awaitResults])
    #expect(
      driver.exchanges[number].warnings.first?.hasPrefix(
        "the model calls 'get_weather', which the request does not declare") == true)
  }

  @Test func `a history that is sent back counts its turns`() {
    var driver = Driver()
    let first = driver.create(
      ["model": model, "input": "One", "store": false], [say("Two")])
    let made = driver.json(first)["steps"]?.array ?? []
    let user = { (text: JSONValue) -> JSONValue in
      ["type": "user_input", "content": [["type": "text", "text": text]]]
    }
    let second = driver.create(
      ["model": model, "input": .array([user("One")] + made + [user("Three")]), "store": false],
      [say("Four")])
    let exchange = driver.exchanges[second]
    #expect(exchange.status == 200)
    #expect(exchange.thread == .afterTurns(1))
    #expect(exchange.turn == UserTurn(text: "Three"))
    #expect(exchange.remembered.isEmpty)
    let lookup = driver.get(driver.json(second)["id"]?.string ?? "")
    #expect(driver.exchanges[lookup].status == 404)
  }

  @Test func `a broken signature is refused, a missing one too`() {
    var driver = Driver()
    let first = driver.create(
      ask, [call("get_weather", [:], id: "a")], ending: [.awaitResults])
    let steps = driver.json(first)["steps"]?.array ?? []
    let question: JSONValue = ["type": "user_input", "content": [["type": "text", "text": "?"]]]
    let result: JSONValue = ["type": "function_result", "call_id": "a", "result": "x"]
    let send = { (driver: inout Driver, history: [JSONValue]) -> JSONValue in
      let input = JSONValue.array([question] + history + [result])
      let number = driver.create(
        ["model": model, "tools": weather, "input": input, "store": false], [say("x")])
      return driver.json(number)
    }
    #expect(send(&driver, steps)["status"] == "completed")
    #expect(
      send(&driver, [steps[1]])["error"]?["code"] == "missing_thought_signature")
    let forged: JSONValue = ["type": "thought", "signature": "AAAA"]
    #expect(
      send(&driver, [forged, steps[1]])["error"]?["message"] == "Thought signature is not valid.")
    let bypass: JSONValue = ["type": "thought", "signature": "skip_thought_signature_validator"]
    #expect(send(&driver, [bypass, steps[1]])["status"] == "completed")
  }

  @Test func `a scenario may spell a step of the model`() {
    var driver = Driver()
    let search: JSONValue = ["type": "google_search_call", "arguments": ["queries": ["cats"]]]
    let found: JSONValue = [
      "type": "google_search_result", "result": [["search_suggestions": "<div/>"]],
    ]
    let cited: JSONValue = [
      "type": "model_output",
      "content": [
        [
          "type": "text", "text": "Cats.",
          "annotations": [["type": "url_citation", "url": "https://cats", "title": "Cats"]],
        ]
      ],
    ]
    let answer = [search, found, cited].map { ServerAction.send(.json($0)) }
    let whole = driver.create(["model": model, "input": "?"], answer)
    let stream = driver.create(["model": model, "input": "?", "stream": true], answer)
    let steps = driver.json(whole)["steps"]?.array ?? []
    #expect(
      steps.map { $0["type"] } == [
        "thought", "google_search_call", "google_search_result", "model_output",
      ])
    #expect(steps[1]["id"] == steps[2]["call_id"])
    #expect(
      driver.exchanges[whole].json["usage"]?["grounding_tool_count"]
        == [["type": "google_search", "count": 1]])
    let deltas = driver.exchanges[stream].events.compactMap { $0["delta"] }
    #expect(deltas[1] == ["arguments": ["queries": ["cats"]], "type": "google_search_call"])
    #expect(
      deltas.last == [
        "annotations": [["type": "url_citation", "url": "https://cats", "title": "Cats"]],
        "type": "text_annotation_delta",
      ])
  }

  @Test func `what is no step is sent as it is`() {
    var driver = Driver()
    let event: JSONValue = ["event_type": "interaction.surprise", "x": 1]
    let bytes = Message(.text, .bytes(Array("{\"error\":1}\n".utf8)))
    let stream = driver.create(
      ["model": model, "input": "?", "stream": true],
      [.send(.json(event)), .send(bytes), .hangUp(nil, "")])
    driver.run()
    let exchange = driver.exchanges[stream]
    #expect(
      exchange.stream.hasSuffix(
        "event: interaction.surprise\ndata: {\"event_type\":\"interaction.surprise\",\"x\":1}\n\n"
          + "{\"error\":1}\n"))
    #expect(exchange.outputs.contains(.close(nil, "")))
    let whole = driver.create(["model": model, "input": "?"], [.send(.json(["odd": true]))])
    #expect(driver.json(whole) == ["odd": true])
  }
}
