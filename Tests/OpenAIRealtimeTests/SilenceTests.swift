import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

@Suite("OpenAI Realtime: silence") struct SilenceTests {
  private func detect(_ detection: JSONValue) -> JSONValue {
    [
      "type": "session.update",
      "session": [
        "type": "realtime",
        "audio": ["input": ["turn_detection": detection, "transcription": ["model": "whisper-1"]]],
      ],
    ]
  }

  @Test(arguments: [("low", 8000), ("medium", 4000), ("auto", 4000), ("high", 2000)])
  func `semantic detection waits as long as its eagerness says`(eagerness: String, wait: Int) {
    var driver = Driver()
    driver.send(detect(["type": "semantic_vad", "eagerness": .string(eagerness)]))
    #expect(
      driver.last("session.updated")?["session"]?["audio"]?["input"]?["turn_detection"] == [
        "type": "semantic_vad", "eagerness": .string(eagerness), "create_response": true,
        "interrupt_response": true,
      ])
    driver.send(append(audio(640)))
    driver.send(append(audio(wait - 32, peak: 0)))
    #expect(driver.types.last == "input_audio_buffer.speech_started")
    driver.send(append(audio(64, peak: 0)))
    #expect(driver.types.contains("input_audio_buffer.speech_stopped"))
  }

  @Test func `the scenario may make the pause shorter`() {
    var driver = Driver(options: ["semantic_silence": .duration(.milliseconds(500))])
    driver.send(detect(["type": "semantic_vad"]))
    #expect(driver.explanations.isEmpty)
    driver.send(append(audio(640)))
    driver.send(append(audio(512, peak: 0)))
    #expect(driver.types.contains("input_audio_buffer.speech_stopped"))
    var plain = Driver()
    plain.send(detect(["type": "semantic_vad"]))
    #expect(plain.explanations.last?.contains("semantic_silence") == true)
  }

  @Test func `the model is nudged when the user stays silent, in the recorded order`() {
    var driver = Driver(answers: [
      [.say(Speech(text: "Anything?"))], [.say(Speech(text: "Still there?"))],
    ])
    driver.send(detect(["type": "server_vad", "idle_timeout_ms": 5000]))
    driver.send(append(audio(672, peak: 0)))
    driver.send(["type": "response.create"])
    driver.run(until: .start + .seconds(3))
    let done = driver.types.lastIndex(of: "rate_limits.updated")
    #expect(done != nil)
    // 540 ms of hum, then five seconds.
    driver.run(until: .start + .seconds(12))
    let types = driver.types[((done ?? 0) + 1)...]
    #expect(
      types.prefix(7) == [
        "input_audio_buffer.timeout_triggered", "conversation.item.added",
        "conversation.item.done", "input_audio_buffer.committed", "conversation.item.added",
        "conversation.item.done", "response.created",
      ])
    let timeout = driver.last("input_audio_buffer.timeout_triggered")
    #expect(timeout?["audio_start_ms"] == 672)
    #expect(timeout?["audio_end_ms"] == 5792)
    #expect(driver.last("input_audio_buffer.committed")?["item_id"] == timeout?["item_id"])
    let completed = driver.last("conversation.item.input_audio_transcription.completed")
    #expect(completed?["transcript"] == "")
    #expect(completed?["usage"] == ["type": "duration", "seconds": 0])
    let transcripts = driver.events("response.output_audio_transcript.done")
    #expect(transcripts.map { $0["transcript"] } == ["Anything?", "Still there?"])
  }

  @Test func `speech in time keeps the nudge away`() {
    var driver = Driver()
    driver.send(detect(["type": "server_vad", "idle_timeout_ms": 5000]))
    driver.send(["type": "response.create"])
    driver.run(until: .start + .seconds(3))
    driver.send(append(audio(320)))
    driver.run(until: .start + .seconds(30))
    #expect(!driver.types.contains("input_audio_buffer.timeout_triggered"))
  }

  @Test func `a nudge needs an answer to wait after`() {
    var driver = Driver()
    driver.send(detect(["type": "server_vad", "idle_timeout_ms": 5000]))
    driver.run(until: .start + .seconds(30))
    #expect(!driver.types.contains("input_audio_buffer.timeout_triggered"))
  }
}
