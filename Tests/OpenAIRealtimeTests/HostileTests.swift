import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

/// What no sensible client sends: nothing may trap, hang, or fill the memory.
@Suite("OpenAI Realtime: hostile input") struct HostileTests {
  private static let numbers = [
    "-1", "9223372036854775807", "-9223372036854775808", "1e308",
  ]
  private static let values =
    numbers + ["null", "true", "\"\"", "[]", "[[]]", "{}", #"{"type":1}"#]

  @Test(arguments: [true, false])
  func `any value in any place is answered or accepted`(isStrict: Bool) {
    let places = [
      #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":#"#
        + #"{"type":"server_vad","threshold":#,"prefix_padding_ms":#,"silence_duration_ms":#,"#
        + #""idle_timeout_ms":#}}}}}"#,
      #"{"type":"session.update","session":{"type":"realtime","audio":#,"tools":#,"tracing":#}}"#,
      #"{"type":"session.update","session":{"type":"realtime","tools":[#,{"type":"mcp","#
        + #""server_label":"x"}],"output_modalities":#,"max_output_tokens":#,"voice":#}}"#,
      #"{"type":"session.update","session":#}"#,
      #"{"type":"conversation.item.create","previous_item_id":#,"item":#}"#,
      #"{"type":"conversation.item.create","item":{"id":#,"type":"message","role":"user","#
        + #""content":#}}"#,
      #"{"type":"conversation.item.create","item":{"type":"message","role":"user","#
        + #""content":[{"type":"input_audio","audio":#,"transcript":#}]}}"#,
      #"{"type":"conversation.item.truncate","item_id":#,"audio_end_ms":#,"content_index":#}"#,
      #"{"type":"conversation.item.retrieve","item_id":#}"#,
      #"{"type":"response.create","response":#}"#,
      #"{"type":"response.create","response":{"conversation":#,"metadata":#,"input":#,"#
        + #""max_output_tokens":#,"output_modalities":#,"audio":#}}"#,
      #"{"type":"response.create","response":{"input":[#]}}"#,
      #"{"type":"response.cancel","response_id":#}"#,
      #"{"type":"input_audio_buffer.append","audio":#}"#, #"{"type":#,"event_id":#}"#, "#",
    ]
    let (loud, quiet) = (append(audio(64)), append(audio(256, peak: 0)))
    for place in places {
      for value in Self.values {
        var driver = Driver(
          pace: .fast, answers: [[.say(Speech(text: "Hi."))], [.call([ToolCall(name: "f")])]],
          isStrict: isStrict)
        driver.send(text: place.replacing("#", with: value))
        driver.send(loud)
        driver.send(quiet)
        driver.send(["type": "response.create"])
        driver.run()
        #expect(driver.outputs.count < 1000)
      }
    }
  }

  @Test func `a client that only asks is bounded`() {
    var driver = Driver(pace: .fast)
    for _ in 0..<4200 {
      driver.send([
        "type": "conversation.item.create",
        "item": [
          "type": "message", "role": "user", "content": [["type": "input_text", "text": "x"]],
        ],
      ])
    }
    // The oldest are forgotten.
    let first = driver.events("conversation.item.added")[0]["item"]?["id"] ?? .null
    driver.send(["type": "conversation.item.retrieve", "item_id": first])
    #expect(driver.last("error")?["error"]?["code"] == "item_retrieve_invalid_item_id")
  }

  @Test(
    arguments: [
      #"{"type":#}"#, #"{"type":"response.cancel","event_id":#}"#,
      #"{"type":"session.update","session":{"type":"realtime",#:1}}"#,
      #"{"type":"session.update","session":{"type":"realtime","tool_choice":#}}"#,
      #"{"type":"session.update","session":{"type":"realtime","output_modalities":[#]}}"#,
      #"{"type":"session.update","session":{"type":"realtime","tools":[{"type":#}]}}"#,
      #"{"type":"session.update","session":{"type":#}}"#,
      #"{"type":"conversation.item.create","previous_item_id":#,"item":{}}"#,
      #"{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":#}}"#,
      #"{"type":"conversation.item.create","item":{"type":"message","role":#}}"#,
      #"{"type":"conversation.item.delete","item_id":#}"#,
      #"{"type":"response.create","response":{"metadata":{#:"x"}}}"#,
      #"{"type":"response.create","response":{"input":[{"type":"item_reference","id":#}]}}"#,
    ])
  func `a megabyte where a word belongs is not repeated`(place: String) {
    let word = "\"\(String(repeating: "x", count: 1 << 20))\""
    for isStrict in [true, false] {
      var driver = Driver(isStrict: isStrict)
      driver.forget()
      driver.send(text: place.replacing("#", with: word))
      let errors = driver.events("error")
      #expect(!errors.isEmpty || !isStrict)
      #expect(errors.allSatisfy { $0.description.utf8.count < 2000 })
      #expect(driver.explanations.allSatisfy { $0.utf8.count < 2000 })
    }
  }

  @Test(arguments: ["", "?", "?model", "?model=%ff", "?model=&intent=&call_id=", "?intent=x"])
  func `any query is admitted or refused`(query: String) {
    let request = Request(
      target: "/v1/realtime\(query)", headers: Driver.request.headers)
    let driver = Driver(request)
    #expect(driver.types.count <= 1)
  }
}
