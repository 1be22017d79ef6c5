import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

@Suite("OpenAI Realtime: the user's speech") struct SpeechTests {
  private let transcribe: JSONValue = [
    "type": "session.update",
    "session": [
      "type": "realtime", "audio": ["input": ["transcription": ["model": "gpt-4o-transcribe"]]],
    ],
  ]
  private let manual: JSONValue = [
    "type": "session.update",
    "session": ["type": "realtime", "audio": ["input": ["turn_detection": nil]]],
  ]

  /// 640 ms of silence, 960 ms of speech, and enough silence to end it.
  private func speak(to driver: inout Driver) {
    for milliseconds in [640, 960, 640] {
      driver.send(append(audio(milliseconds, peak: milliseconds == 960 ? 8000 : 0)))
    }
  }

  @Test func `a detected turn has the recorded order and times`() {
    var driver = Driver(answers: [[.say(Speech(text: "Yes."))]])
    driver.send(transcribe)
    driver.forget()
    speak(to: &driver)
    #expect(
      driver.types == [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
      ])
    // On the 32 ms grid; 300 ms of padding before, 200 ms of silence (7 windows) after.
    #expect(driver.events[0]["audio_start_ms"] == 340)
    #expect(driver.events[1]["audio_end_ms"] == 1824)
    let ids = Set(driver.events.compactMap { ($0["item_id"] ?? $0["item"]?["id"])?.string })
    #expect(ids.count == 1)
    #expect(
      driver.events[3]["item"]?["content"] == [["type": "input_audio", "transcript": nil]])
    #expect(
      driver.heard == [.spoke(.milliseconds(1484)), .turn(.init(speech: .milliseconds(1484)))])
    driver.run()
    let types = driver.types
    let completed = types.firstIndex(
      of: "conversation.item.input_audio_transcription.completed")
    #expect(completed.map { types[..<$0].contains("response.created") } == true)
    #expect(completed.map { types[$0...].contains("response.done") } == true)
  }

  @Test func `the transcription is what the scenario says was heard`() {
    var driver = Driver()
    driver.transcript = "Hello, is it me?"
    driver.send(transcribe)
    speak(to: &driver)
    driver.run()
    let deltas = driver.events("conversation.item.input_audio_transcription.delta")
    #expect(deltas.compactMap { $0["delta"]?.string } == ["Hello,", " is", " it", " me?"])
    let completed = driver.events("conversation.item.input_audio_transcription.completed")[0]
    #expect(completed["transcript"] == "Hello, is it me?")
    #expect(completed["usage"]?["type"] == "tokens")
    #expect(completed["usage"]?["input_tokens"] == 15)
  }

  @Test func `whisper is paid by the second, and says all at once`() {
    var driver = Driver()
    driver.send([
      "type": "session.update",
      "session": [
        "type": "realtime", "audio": ["input": ["transcription": ["model": "whisper-1"]]],
      ],
    ])
    speak(to: &driver)
    driver.run()
    #expect(driver.events("conversation.item.input_audio_transcription.delta").isEmpty)
    #expect(
      driver.events("conversation.item.input_audio_transcription.completed")[0]["usage"]
        == ["type": "duration", "seconds": 2])
  }

  @Test func `without a transcription model nothing is transcribed`() {
    var driver = Driver()
    speak(to: &driver)
    driver.run()
    #expect(!driver.types.contains { $0.contains("transcription") && $0.hasPrefix("conversation") })
  }

  @Test func `a manual turn is committed and answered on request`() {
    var driver = Driver()
    driver.send(manual)
    driver.forget()
    driver.send(append(audio(500)))
    driver.send(["type": "input_audio_buffer.commit"])
    driver.run()
    #expect(
      driver.types == [
        "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
      ])
    driver.send(["type": "response.create"])
    #expect(driver.heard.last == .turn(UserTurn(speech: .milliseconds(500))))
  }

  @Test func `a commit wants 100 ms`() {
    var driver = Driver()
    driver.send(manual)
    driver.forget()
    driver.send(append(audio(99)))
    driver.send(["type": "input_audio_buffer.commit"])
    #expect(
      driver.events[0]["error"]?["message"]?.string
        == "Error committing input audio buffer: buffer too small. Expected at least 100ms of "
        + "audio, but buffer only has 99.00ms of audio.")
    driver.send(["type": "input_audio_buffer.clear"])
    #expect(driver.types.last == "input_audio_buffer.cleared")
    driver.send(append(audio(100)))
    driver.send(["type": "input_audio_buffer.commit"])
    #expect(driver.types.last == "conversation.item.done")
  }

  @Test func `speech in the middle of an answer cuts it in the recorded order`() {
    var driver = Driver(answers: [[.say(Speech(text: "A very long answer indeed."))]])
    driver.send(["type": "response.create"])
    driver.run(until: .start + .milliseconds(700))
    let said = driver.events("response.output_audio.delta").count
    driver.forget()
    driver.send(append(audio(320)))
    #expect(
      driver.types == [
        "input_audio_buffer.speech_started", "response.output_audio.done",
        "response.output_audio_transcript.done", "response.content_part.done",
        "conversation.item.done", "response.output_item.done", "response.done",
      ])
    #expect(said > 0)
    let response = driver.events("response.done")[0]["response"]
    #expect(response?["status"] == "cancelled")
    #expect(
      response?["status_details"] == ["type": "cancelled", "reason": "turn_detected"])
    #expect(response?["output"]?.array?.first?["status"] == "incomplete")
    #expect((response?["usage"]?["output_tokens"]?.integer ?? 0) > 0)
    #expect(driver.heard.last == .interrupted)
    driver.run(until: driver.now + .seconds(5))
    #expect(driver.events("response.output_audio.delta").isEmpty)
  }

  @Test func `speech before the first output cancels an announced response`() {
    var driver = Driver(answers: [[.say(Speech(text: "Late."))]])
    driver.send(["type": "response.create"])
    driver.forget()
    driver.send(append(audio(320)))
    #expect(
      driver.types == [
        "response.created", "input_audio_buffer.speech_started", "response.done",
      ])
    let response = driver.events("response.done")[0]["response"]
    #expect(response?["output"] == [])
    #expect(response?["usage"]?["total_tokens"] == 0)
  }

  @Test func `an answer goes on where the client wants no interruption`() {
    var driver = Driver(answers: [[.say(Speech(text: "A very long answer indeed."))]])
    driver.send([
      "type": "session.update",
      "session": [
        "type": "realtime", "audio": ["input": ["turn_detection": ["interrupt_response": false]]],
      ],
    ])
    driver.send(["type": "response.create"])
    driver.run(until: .start + .milliseconds(700))
    driver.send(append(audio(320)))
    #expect(!driver.heard.contains(.interrupted))
    driver.run()
    #expect(driver.events("response.done")[0]["response"]?["status"] == "completed")
  }
}
