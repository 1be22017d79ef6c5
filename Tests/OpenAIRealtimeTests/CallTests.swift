import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: sideband of a call") struct CallTests {
  private static let request = Request(
    target: "/v1/realtime?call_id=rtc_u0_abc", headers: Driver.request.headers)
  private let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 96_000))
  private let create: JSONValue = ["type": "response.create"]

  private func driver() -> Driver {
    Driver(Self.request, answers: [[.say(Speech(text: "Hello there.", audio: clip))], []])
  }

  @Test func `the sound starts in the answer, and stops when it was heard`() throws {
    var driver = driver()
    driver.send(create)
    driver.run()
    let started = try #require(driver.last("output_audio_buffer.started"))
    #expect(started.object?.names == ["type", "event_id", "response_id"])
    #expect(started["event_id"]?.string?.wholeMatch(of: /event_[0-9a-f]{16}/) != nil)
    let types = driver.types
    let start = try #require(types.firstIndex(of: "output_audio_buffer.started"))
    #expect(types[..<start].contains("response.output_audio_transcript.delta"))
    #expect(types.suffix(2) == ["rate_limits.updated", "output_audio_buffer.stopped"])
    // 93 + 320 + 6 + 1 + 125 ms to the first sound, then two seconds of it.
    #expect(driver.now == .start + .milliseconds(2545))
  }

  @Test func `the client clears what is still to be heard`() {
    var driver = driver()
    driver.send(create)
    driver.run(until: .start + .milliseconds(600))
    driver.send(["type": "response.cancel"])
    driver.send(["type": "output_audio_buffer.clear"])
    #expect(driver.types.suffix(2) == ["response.done", "output_audio_buffer.cleared"])
    driver.forget()
    driver.send(["type": "output_audio_buffer.clear"])
    driver.run()
    #expect(driver.types.isEmpty)
  }

  @Test func `a voice cuts what was sent but not heard, in the recorded order`() {
    var driver = driver()
    driver.send(create)
    driver.run(until: .start + .milliseconds(1050))
    #expect(driver.types.last == "rate_limits.updated")
    driver.forget()
    driver.send(append(audio(320)))
    #expect(
      driver.types == [
        "input_audio_buffer.speech_started", "output_audio_buffer.cleared",
        "conversation.item.truncated",
      ])
    #expect(driver.events[2]["audio_end_ms"] == 500)
  }

  @Test func `the buffer is unknown on a connection that carries the audio itself`() {
    var driver = Driver()
    driver.send(["type": "output_audio_buffer.clear"])
    #expect(driver.last("error")?["error"]?["param"] == "type")
    #expect(driver.explanations.last?.contains("WebRTC and SIP calls only") == true)
  }

  /// No recording has these, or only a telephone brings them: the scenario sends them as they are.
  @Test(arguments: [
    "conversation.created", "conversation.item.created",
    "input_audio_buffer.dtmf_event_received",
  ])
  func `the scenario sends what the service was never seen to send by itself`(type: String) {
    var driver = driver()
    driver.direct(.send(.json(["type": .string(type)])))
    #expect(driver.types == [type])
  }
}
