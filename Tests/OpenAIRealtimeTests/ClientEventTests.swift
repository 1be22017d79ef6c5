import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: client events") struct ClientEventTests {
  private func message(_ role: String, _ part: JSONValue) -> JSONValue {
    [
      "type": "conversation.item.create", "event_id": "e1",
      "item": ["id": "mine", "type": "message", "role": .string(role), "content": [part]],
    ]
  }

  @Test(arguments: [
    (
      #"{"type":"nonsense"}"#, Opcode.text, "invalid_value",
      "Invalid value: 'nonsense'. Supported values are: 'session.update', 'session.close', "
        + "'input_audio_buffer.append', 'session.input_audio_buffer.append', "
        + "'input_audio_buffer.commit', 'input_audio_buffer.clear', 'conversation.item.create', "
        + "'conversation.item.truncate', 'conversation.item.delete', "
        + "'conversation.item.retrieve', 'response.create', and 'response.cancel'."
    ),
    (
      "{", .text, "invalid_json",
      "Invalid event: failed to parse JSON value. expected a member name at line 1 column 2"
    ),
    (
      "{}", .binary, "invalid_event",
      "Expected a text WebSocket message; binary frames are not supported."
    ),
    ("{}", .text, "missing_required_parameter", "Missing required parameter: 'type'."),
    (
      #"{"type":"input_audio_buffer.append","audio":"!"}"#, .text, "invalid_value",
      "Invalid 'audio'. Expected base64-encoded audio bytes."
    ),
    (
      #"{"type":"response.cancel"}"#, .text, "response_cancel_not_active",
      "Cancellation failed: no active response found"
    ),
    (
      #"{"type":"conversation.item.delete","item_id":"x"}"#, .text, "item_delete_invalid_item_id",
      "Error deleting item: the item with id 'x' does not exist."
    ),
    (
      #"{"type":"conversation.item.retrieve","item_id":"x"}"#, .text,
      "item_retrieve_invalid_item_id",
      "Error retrieving item: the item with id 'x' does not exist."
    ),
    (
      #"{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c"}}"#,
      .text, "invalid_tool_call_id", "Tool call ID 'c' not found in conversation."
    ),
    (
      #"{"type":"conversation.item.create","item":{"type":"message","role":"user"}}"#, .text,
      "missing_required_parameter", "Missing required parameter: 'item.content'."
    ),
    (
      #"{"type":"session.close"}"#, .text, "invalid_value",
      "The event 'session.close' is not supported in this session."
    ),
    (
      #"{"type":"response.create","response":{"temperature":1}}"#, .text, "unknown_parameter",
      "Unknown parameter: 'response.temperature'."
    ),
  ])
  func `answers a mistake as the service does, and explains it`(
    text: String, opcode: Opcode, code: String, message: String
  ) {
    var driver = Driver()
    driver.forget()
    driver.send(text: text, as: opcode)
    #expect(driver.types == ["error"])
    #expect(driver.events[0]["error"]?["code"]?.string == code)
    #expect(driver.events[0]["error"]?["message"]?.string == message)
    let explained = driver.outputs.contains { if case .explain = $0 { true } else { false } }
    #expect(explained)
  }

  @Test func `items keep the client's id and are echoed without audio`() {
    var driver = Driver()
    driver.send(message("user", ["type": "input_audio", "audio": audio(20)]))
    let item = driver.events.last?["item"]
    #expect(
      item?.description
        == #"{"id":"mine","type":"message","status":"completed","role":"user","#
        + #""content":[{"type":"input_audio","transcript":null}]}"#)
  }

  @Test(arguments: [("", ["a", "b", "c"]), ("root", ["c", "a", "b"]), ("a", ["a", "c", "b"])])
  func `items go where the client wants them`(previous: String, order: [String]) {
    var driver = Driver()
    for (id, place) in [("a", ""), ("b", ""), ("c", previous)] {
      driver.send([
        "type": "conversation.item.create", "previous_item_id": .string(place),
        "item": [
          "id": .string(id), "type": "message", "role": "system",
          "content": [["type": "input_text", "text": "x"]],
        ],
      ])
    }
    let index = order.firstIndex(of: "c") ?? 0
    let expected = index > 0 ? JSONValue.string(order[index - 1]) : .null
    #expect(driver.events.last?["previous_item_id"] == expected)
  }

  @Test func `an assistant's audio cannot be given back`() {
    var driver = Driver()
    driver.send(message("assistant", ["type": "output_audio", "transcript": "x"]))
    #expect(driver.events.last?["error"]?["param"] == "item.content[0].text")
    #expect(driver.events.last?["error"]?["event_id"] == "e1")
  }

  @Test func `a system message is text alone`() {
    var driver = Driver()
    driver.send(message("system", ["type": "input_audio", "audio": "AAAA"]))
    #expect(
      driver.events.last?["error"]?["message"]
        == "Invalid value: 'input_audio'. Supported values are: 'input_text'.")
  }

  @Test func `items are retrieved and deleted`() {
    var driver = Driver()
    driver.send(message("user", ["type": "input_text", "text": "Hi"]))
    driver.send(["type": "conversation.item.retrieve", "item_id": "mine"])
    #expect(driver.events.last?["item"]?["id"] == "mine")
    driver.send(["type": "conversation.item.delete", "item_id": "mine"])
    #expect(driver.types.last == "conversation.item.deleted")
    driver.send(["type": "conversation.item.retrieve", "item_id": "mine"])
    #expect(driver.types.last == "error")
  }

  @Test func `a second response is refused while one is active`() throws {
    var driver = Driver(answers: [[.say(Speech(text: "Hi."))]])
    driver.send(["type": "response.create"])
    driver.send(["type": "response.create", "event_id": "again"])
    let error = try #require(driver.events.last?["error"])
    #expect(error["code"] == "conversation_already_has_active_response")
    #expect(error["event_id"] == "again")
    driver.run()
    let id = try #require(driver.events("response.done")[0]["response"]?["id"]?.string)
    #expect(error["message"]?.string?.contains("in progress: \(id).") == true)
    #expect(driver.events("response.done").count == 1)
  }

  @Test func `a cancelled answer is incomplete`() {
    var driver = Driver(answers: [[.say(Speech(text: "A long answer for you."))]])
    driver.send(["type": "response.create"])
    driver.run(until: .start + .milliseconds(424))
    driver.forget()
    driver.send(["type": "response.cancel"])
    let response = driver.events("response.done")[0]["response"]
    #expect(response?["status_details"]?["reason"] == "client_cancelled")
    #expect(
      response?["output"]?.array?.first?["content"]
        == [["type": "output_audio", "transcript": "A long"]])
    #expect(driver.heard == [.interrupted])
  }

  @Test func `an answer under way can be truncated at what was sent`() {
    var driver = Driver(answers: [[.say(Speech(text: "A long answer for you."))]])
    driver.send(["type": "response.create"])
    driver.run(until: .start + .milliseconds(600))
    let id = driver.events("response.output_item.added")[0]["item"]?["id"] ?? .null
    driver.send([
      "type": "conversation.item.truncate", "item_id": id, "content_index": 0, "audio_end_ms": 40,
    ])
    #expect(driver.events.last?["audio_end_ms"] == 40)
    driver.send([
      "type": "conversation.item.truncate", "item_id": id, "content_index": 0,
      "audio_end_ms": 99_000,
    ])
    #expect(
      driver.events.last?["error"]?["message"]?.string?.hasSuffix("is already shorter than 99000ms")
        == true)
  }

  @Test func `text of several items is one turn`() {
    var driver = Driver()
    driver.send(message("user", ["type": "input_text", "text": "Hi"]))
    driver.send(message("user", ["type": "input_text", "text": "there"]))
    driver.send(["type": "response.create"])
    #expect(driver.heard.last == .turn(UserTurn(text: "Hi there")))
  }

  @Test func `hanging up closes, and nothing follows`() {
    var driver = Driver(answers: [[.say(Speech(text: "Hi."))]])
    driver.send(["type": "response.create"])
    driver.forget()
    driver.direct(.hangUp(.internalError, "bye"))
    driver.run()
    #expect(driver.outputs == [.close(.internalError, "bye")])
  }

  @Test func `a closed session is over`() {
    var driver = Driver(answers: [[.say(Speech(text: "Hi."))]])
    driver.send(["type": "response.create"])
    driver.forget()
    driver.close()
    #expect(driver.session.deadline == nil)
    #expect(driver.outputs.isEmpty)
  }
}
