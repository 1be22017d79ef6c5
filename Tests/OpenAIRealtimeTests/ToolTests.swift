import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: tools") struct ToolTests {
  private let create: JSONValue = ["type": "response.create"]
  private let weather = ToolCall(name: "get_weather", arguments: ["city": "London"])

  private func result(_ id: String, _ output: String) -> JSONValue {
    [
      "type": "conversation.item.create",
      "item": [
        "type": "function_call_output", "call_id": .string(id), "output": .string(output),
      ],
    ]
  }

  /// The types with runs of the same delta made one.
  private func shape(_ types: [String]) -> [String] {
    types.reduce(into: []) { if $0.last != $1 || !$1.hasSuffix("delta") { $0.append($1) } }
  }

  @Test func `a call has the recorded order, keys and identifiers`() {
    var driver = Driver(answers: [[.call([weather])]])
    driver.forget()
    driver.send(create)
    driver.run()
    #expect(
      shape(driver.types) == [
        "response.created", "response.output_item.added", "conversation.item.added",
        "response.function_call_arguments.delta", "response.function_call_arguments.done",
        "conversation.item.done", "response.output_item.done", "response.done",
        "rate_limits.updated",
      ])
    let item = driver.events("response.output_item.added")[0]["item"]
    #expect(
      item?.object?.names == ["id", "type", "status", "name", "call_id", "arguments"])
    #expect(item?["status"] == "in_progress")
    #expect(item?["arguments"] == "")
    #expect(item?["call_id"]?.string?.wholeMatch(of: /call_[A-Za-z0-9]{16}/) != nil)
    let delta = driver.events("response.function_call_arguments.delta")[0]
    #expect(
      delta.object?.names == [
        "type", "event_id", "response_id", "item_id", "output_index", "call_id", "delta",
        "obfuscation",
      ])
    let done = driver.events("response.function_call_arguments.done")[0]
    #expect(
      done.object?.names == [
        "type", "event_id", "response_id", "item_id", "output_index", "call_id", "name",
        "arguments",
      ])
    #expect(done["arguments"] == #"{"city":"London"}"#)
    let output = driver.events("response.done")[0]["response"]?["output"]?[0]
    #expect(output?["status"] == "completed")
    #expect(output?["arguments"] == done["arguments"])
  }

  @Test func `what closes a call comes at one instant`() {
    var driver = Driver(answers: [[.call([weather])]])
    driver.send(create)
    while driver.events("response.function_call_arguments.done").isEmpty,
      let due = driver.session.deadline
    {
      driver.run(until: due)
    }
    #expect(driver.types.last == "response.done")
  }

  @Test func `several calls are items of one response, in one burst`() {
    let calls = [weather, ToolCall(name: "get_time", id: "call_mine")]
    var driver = Driver(answers: [[.say(Speech(text: "Let me see.")), .call(calls)]])
    driver.send(create)
    driver.run()
    #expect(driver.events("response.done").count == 1)
    let output = driver.events("response.done")[0]["response"]?["output"]?.array ?? []
    #expect(output.map { $0["type"] } == ["message", "function_call", "function_call"])
    #expect(driver.events("response.output_item.added").map { $0["output_index"] } == [0, 1, 2])
    #expect(output[2]["call_id"] == "call_mine")
    #expect(output[2]["arguments"] == "{}")
  }

  @Test func `results reach the scenario with the next response`() {
    var driver = Driver(answers: [[.call([weather])], [.say(Speech(text: "It rains."))]])
    driver.send(create)
    driver.run()
    let id = driver.last("response.output_item.done")?["item"]?["call_id"]?.string ?? ""
    driver.forget()
    driver.send(result(id, #"{"rain":true}"#))
    #expect(driver.types == ["conversation.item.added", "conversation.item.done"])
    #expect(driver.events[0]["item"]?.object?.names == ["id", "type", "call_id", "output"])
    driver.send(create)
    #expect(
      driver.heard == [
        .turn(
          UserTurn(results: [
            ToolResult(id: id, name: "get_weather", output: ["rain": true])
          ]))
      ])
    driver.run()
    #expect(driver.last("response.done")?["response"]?["status"] == "completed")
  }

  @Test func `a result without a call is refused`() {
    var driver = Driver()
    driver.send(result("call_x", "1"))
    #expect(driver.events.last?["error"]?["code"] == "invalid_tool_call_id")
    #expect(
      driver.events.last?["error"]?["message"] == "Tool call ID 'call_x' not found in conversation."
    )
  }

  @Test func `speech cuts a call that was announced`() {
    var driver = Driver(answers: [[.call([weather])]])
    driver.send(create)
    while driver.events("response.output_item.added").isEmpty, let due = driver.session.deadline {
      driver.run(until: due)
    }
    driver.send(append(audio(320)))
    #expect(driver.last("response.done")?["response"]?["status"] == "cancelled")
    let item = driver.last("response.output_item.done")?["item"]
    #expect(item?["status"] == "incomplete")
    #expect(driver.events("response.function_call_arguments.done").isEmpty)
  }

  @Test func `the second generation begins the call before it ends the message`() throws {
    var driver = Driver(
      .init(
        target: "/v1/realtime?model=gpt-realtime-2.1",
        headers: Driver.request.headers),
      answers: [[.say(Speech(text: "Wait.")), .call([weather])]])
    driver.send(create)
    driver.run()
    let added = try #require(driver.types.lastIndex(of: "response.output_item.added"))
    let done = try #require(driver.types.firstIndex(of: "response.output_item.done"))
    #expect(added < done)
  }

  @Test func `the nested form of a tool is refused with a hint`() {
    let tool: JSONValue = ["type": "function", "function": ["name": "f"]]
    let update: JSONValue = [
      "type": "session.update", "session": ["type": "realtime", "tools": [tool]],
    ]
    var driver = Driver()
    driver.send(update)
    #expect(driver.events.last?["error"]?["code"] == "missing_required_parameter")
    #expect(driver.events.last?["error"]?["param"] == "session.tools[0].name")
    #expect(driver.explanations.last?.contains("nested form of chat completions") == true)
    var lenient = Driver(isStrict: false)
    lenient.send(update)
    #expect(lenient.types.last == "session.updated")
    #expect(lenient.explanations.last?.hasPrefix("accepted, though") == true)
  }
}

extension JSONValue {
  /// The element at an index of an array.
  subscript(index: Int) -> JSONValue? {
    array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
  }
}
