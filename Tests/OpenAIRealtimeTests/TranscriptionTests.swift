import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: transcription") struct TranscriptionTests {
  private static let request = Request(
    target: "/v1/realtime?intent=transcription", headers: Driver.request.headers)

  private func use(_ model: String, _ more: JSONObject = [:]) -> JSONValue {
    let input: JSONObject = ["transcription": ["model": .string(model)]]
    var session: JSONObject = ["type": "realtime", "audio": ["input": .object(input)]]
    for member in more.members { session[member.name] = member.value }
    return ["type": "session.update", "session": .object(session)]
  }

  private func speak(to driver: inout Driver) {
    for (milliseconds, peak) in [(640, Int16(0)), (960, 8000), (640, 0)] {
      driver.send(append(audio(milliseconds, peak: peak)))
    }
  }

  @Test func `what fails is said, and the session goes on`() {
    var driver = Driver(answers: [[.say(Speech(text: "Yes."))]])
    driver.transcription = .failed(ServiceFailure())
    driver.send(use("whisper-1"))
    speak(to: &driver)
    driver.run()
    let failed = driver.last("conversation.item.input_audio_transcription.failed")
    let id = driver.last("input_audio_buffer.committed")?["item_id"]?.string ?? ""
    #expect(failed?["item_id"]?.string == id)
    #expect(failed?["content_index"] == 0)
    #expect(
      failed?["error"] == [
        "type": "server_error", "code": nil,
        "message": .string("Input transcription failed for item '\(id)'."), "param": nil,
      ])
    #expect(driver.last("response.done")?["response"]?["status"] == "completed")
  }

  @Test func `a model that tells speakers apart sends segments`() {
    var driver = Driver()
    driver.send(use("gpt-4o-transcribe-diarize"))
    speak(to: &driver)
    driver.run()
    let segment = driver.last("conversation.item.input_audio_transcription.segment")
    #expect(
      segment?.object?.names == [
        "type", "event_id", "item_id", "content_index", "id", "speaker", "text", "start", "end",
      ])
    #expect(segment?["text"] == "Hello?")
    #expect(segment?["end"] == 1.484)
  }

  @Test func `logprobs come to who includes them`() {
    var driver = Driver()
    driver.send(
      use(
        "gpt-4o-transcribe", ["include": ["item.input_audio_transcription.logprobs"]]))
    speak(to: &driver)
    driver.run()
    let logprob = driver.last("conversation.item.input_audio_transcription.delta")?["logprobs"]?[0]
    #expect(logprob?["token"] == "Hello?")
    #expect(logprob?["bytes"]?.array?.count == 6)
    #expect(
      driver.last("conversation.item.input_audio_transcription.completed")?["logprobs"]?.array?
        .count == 1)
  }

  @Test func `the transcript is kept with the item`() {
    var driver = Driver()
    driver.send(use("whisper-1"))
    speak(to: &driver)
    driver.run()
    let id = driver.last("input_audio_buffer.committed")?["item_id"] ?? .null
    driver.send(["type": "conversation.item.retrieve", "item_id": id])
    let part = driver.last("conversation.item.retrieved")?["item"]?["content"]?[0]
    #expect(part?["transcript"] == "Hello?")
  }

  @Test func `a transcription session has no model and no voice, and nobody answers`() {
    var driver = Driver(Self.request)
    let session = driver.events[0]["session"]
    #expect(
      session?.object?.names == ["type", "object", "id", "expires_at", "audio", "include"])
    #expect(
      session?["audio"]?["input"]?["turn_detection"]?.object?.names == [
        "type", "threshold", "prefix_padding_ms", "silence_duration_ms",
      ])
    driver.send([
      "type": "session.update",
      "session": [
        "type": "transcription",
        "audio": ["input": ["transcription": ["model": "gpt-4o-transcribe"]]],
      ],
    ])
    driver.forget()
    speak(to: &driver)
    driver.run()
    #expect(
      driver.types == [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
      ])
    driver.send(["type": "response.create"])
    #expect(driver.last("error")?["error"]?["code"] == "invalid_value")
  }

  @Test func `gpt-realtime-whisper finds the turns itself`() {
    var driver = Driver(Self.request)
    func update(_ detection: JSONValue?) -> JSONValue {
      var input: JSONObject = ["transcription": ["model": "gpt-realtime-whisper"]]
      input["turn_detection"] = detection
      return [
        "type": "session.update",
        "session": ["type": "transcription", "audio": ["input": .object(input)]],
      ]
    }
    driver.send(update(nil))
    #expect(
      driver.last("error")?["error"]?["param"] == "session.audio.input.turn_detection")
    driver.send(update(.null))
    #expect(driver.types.last == "session.updated")
  }

  @Test func `a realtime update is refused there`() {
    var driver = Driver(Self.request)
    driver.send(["type": "session.update", "session": ["type": "realtime"]])
    #expect(
      driver.last("error")?["error"]?["message"]
        == "Passing a realtime session update to a transcription session is not allowed.")
    driver.send([
      "type": "session.update", "session": ["type": "transcription", "instructions": "x"],
    ])
    #expect(driver.last("error")?["error"]?["code"] == "unknown_parameter")
  }
}
