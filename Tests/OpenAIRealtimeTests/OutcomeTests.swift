import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: how answers end") struct OutcomeTests {
  private let create: JSONValue = ["type": "response.create"]
  private let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48_000))
  private var hello: ServerAction { .say(Speech(text: "Hello there.", audio: clip)) }

  @Test(arguments: [
    ("max_tokens", "max_output_tokens"), ("max_output_tokens", "max_output_tokens"),
    ("content_filter", "content_filter"), ("SAFETY", "content_filter"),
  ])
  func `an incomplete answer says why`(reason: String, shown: String) {
    var driver = Driver(
      answers: [[hello, .endTurn(TurnEnd(.incomplete(reason: reason)))]])
    driver.send(create)
    driver.run()
    let response = driver.last("response.done")?["response"]
    #expect(response?["status"] == "incomplete")
    #expect(
      response?["status_details"] == ["type": "incomplete", "reason": .string(shown)])
    #expect(response?["output"]?[0]?["status"] == "incomplete")
  }

  @Test func `a failed answer carries its error`() {
    let failure = ServiceFailure(code: "rate_limit_exceeded", message: "Slow down.")
    var driver = Driver(answers: [[.endTurn(TurnEnd(.failed(failure)))]])
    driver.forget()
    driver.send(create)
    driver.run()
    #expect(driver.types == ["response.created", "response.done"])
    let response = driver.last("response.done")?["response"]
    #expect(
      response?["status_details"] == [
        "type": "failed",
        "error": [
          "type": "invalid_request_error", "code": "rate_limit_exceeded",
          "message": "Slow down.",
        ],
      ])
    #expect(response?["output"] == [])
    #expect(response?["usage"]?["total_tokens"] == 0)
  }

  @Test func `a failure of the service is an error, and ends the answer`() {
    var driver = Driver(answers: [[hello, .fail(ServiceFailure(code: "server_error"))], [hello]])
    driver.send(create)
    driver.run()
    let error = driver.last("error")?["error"]
    #expect(error?["type"] == "server_error")
    #expect(error?["code"] == .null)
    #expect(driver.last("response.done")?["response"]?["status"] == "failed")
    driver.send(create)
    driver.run()
    #expect(driver.last("response.done")?["response"]?["status"] == "completed")
  }

  @Test(arguments: [
    ("session_expired", UInt16(1001), "Your session hit the maximum duration of 60 minutes."),
    ("invalid_api_key", 3000, "invalid_request_error.invalid_api_key"),
    ("model_not_found", 4004, "invalid_request_error.model_not_found"),
  ])
  func `some failures end the session`(code: String, close: UInt16, reason: String) {
    var driver = Driver()
    driver.direct(.fail(ServiceFailure(code: code)))
    #expect(driver.last("error")?["error"]?["code"]?.string == code)
    #expect(driver.closing == .close(CloseCode(rawValue: close), reason))
    #expect(driver.session.deadline == nil)
  }

  @Test func `the scenario interrupts as a voice does, and nobody answers it`() {
    var driver = Driver(answers: [[hello, .interrupt]])
    driver.send(create)
    driver.run()
    #expect(
      driver.types.suffix(11) == [
        "input_audio_buffer.speech_started", "response.output_audio.done",
        "response.output_audio_transcript.done", "response.content_part.done",
        "conversation.item.done", "response.output_item.done", "response.done",
        "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
        "conversation.item.added", "conversation.item.done",
      ])
    #expect(
      driver.last("response.done")?["response"]?["status_details"]
        == ["type": "cancelled", "reason": "turn_detected"])
    #expect(driver.events("response.created").count == 1)
  }

  @Test func `thoughts show in the usage of models that reason`() {
    let request = Request(
      target: "/v1/realtime?model=gpt-realtime-2.1", headers: Driver.request.headers)
    let thought = ServerAction.think("Sixteen letters.")
    var driver = Driver(request, answers: [[thought, hello]])
    driver.send(create)
    driver.run()
    let usage = driver.last("response.done")?["response"]?["usage"]
    #expect(usage?["output_token_details"]?["reasoning_tokens"] == 4)
    var plain = Driver(answers: [[thought, hello]])
    plain.send(create)
    plain.run()
    let details = plain.last("response.done")?["response"]?["usage"]?["output_token_details"]
    #expect(details?["reasoning_tokens"] == nil)
  }

  @Test func `an answer stops at its limit of tokens`() {
    var driver = Driver(answers: [[.say(Speech(text: "One two three four five six seven."))], []])
    driver.send([
      "type": "response.create",
      "response": ["max_output_tokens": 3, "output_modalities": ["text"]],
    ])
    driver.run()
    let response = driver.last("response.done")?["response"]
    #expect(response?["status_details"]?["reason"] == "max_output_tokens")
    #expect(response?["output"]?[0]?["content"]?[0]?["text"] == "One two three")
    driver.send(create)
    driver.run()
    #expect(driver.last("response.done")?["response"]?["status"] == "completed")
  }

  @Test func `a session expires after an hour`() {
    var driver = Driver()
    driver.run(until: .start + .seconds(3599))
    #expect(driver.types == ["session.created"])
    #expect(driver.events[0]["session"]?["expires_at"] == 1_790_003_600)
    driver.run(until: .start + .seconds(3600))
    #expect(driver.last("error")?["error"]?["code"] == "session_expired")
    #expect(
      driver.closing
        == .close(.goingAway, "Your session hit the maximum duration of 60 minutes."))
  }

  @Test func `a scenario may end the session sooner, without a word before`() {
    var driver = Driver(options: ["session_limit": .duration(.seconds(90))])
    #expect(driver.events[0]["session"]?["expires_at"] == 1_790_000_090)
    driver.direct(.goAway(.seconds(10)))
    #expect(driver.types == ["session.created"])
    driver.run(until: .start + .seconds(10))
    #expect(driver.last("error")?["error"]?["code"] == "session_expired")
  }

  @Test func `a response beside the conversation leaves no trace in it`() {
    var driver = Driver(answers: [[hello], [.say(Speech(text: "A summary."))]])
    driver.send(create)
    driver.send([
      "type": "response.create",
      "response": [
        "conversation": "none", "metadata": ["topic": "sum"], "output_modalities": ["text"],
        "input": [
          [
            "type": "message", "role": "user",
            "content": [["type": "input_text", "text": "Sum up."]],
          ]
        ],
      ],
    ])
    driver.run()
    #expect(driver.heard.contains(.turn(UserTurn(text: "Sum up."))))
    let done = driver.events("response.done").map { $0["response"] }
    #expect(done.count == 2)
    #expect(done[1]?["conversation_id"] == .null)
    #expect(done[1]?["metadata"] == ["topic": "sum"])
    #expect(driver.events("conversation.item.added").count == 1)
    // Both were in progress at once.
    let types = driver.types
    #expect(
      types.lastIndex(of: "response.created") ?? .max
        < types.firstIndex(of: "response.done") ?? 0)
  }

  @Test func `cancelling an answer that waits for its turn drops what was meant for it`() {
    var driver = Driver(answers: [[hello], [.say(Speech(text: "Dropped."))], [hello]])
    driver.send(create)
    driver.send(["type": "response.create", "response": ["conversation": "none"]])
    driver.run(until: .start + .milliseconds(200))
    let second = driver.events("response.created")[1]["response"]?["id"] ?? .null
    driver.send(["type": "response.cancel", "response_id": second])
    driver.run()
    driver.send(create)
    driver.run()
    let done = driver.events("response.done").map { $0["response"]?["status"] }
    #expect(done == ["cancelled", "completed", "completed"])
    let transcripts = driver.events("response.output_audio_transcript.done")
    #expect(transcripts.map { $0["transcript"] } == ["Hello there.", "Hello there."])
  }

  @Test func `more responses at once than make sense are refused`() {
    var driver = Driver()
    let request: JSONValue = ["type": "response.create", "response": ["conversation": "none"]]
    // The scenario answers none of them.
    for _ in 0..<17 { driver.send(request) }
    #expect(driver.last("error")?["error"]?["code"] == "rate_limit_exceeded")
  }
}
