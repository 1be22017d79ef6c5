import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: translation") struct TranslationTests {
  private static let request = Request(
    target: "/v1/realtime/translations?model=gpt-realtime-translate",
    headers: Driver.request.headers)

  private func append(_ audio: JSONValue) -> JSONValue {
    ["type": "session.input_audio_buffer.append", "audio": audio]
  }

  @Test func `what is heard comes out in another language`() {
    let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 24_000))
    var driver = Driver(
      Self.request, answers: [[.say(Speech(text: "Bonjour à tous.", audio: clip))]])
    driver.transcript = "Hello everybody."
    driver.send([
      "type": "session.update",
      "session": [
        "audio": [
          "input": ["transcription": ["model": "gpt-realtime-whisper"]],
          "output": ["language": "fr"],
        ]
      ],
    ])
    #expect(driver.types == ["session.created", "session.updated"])
    let session = driver.events[1]["session"]
    #expect(session?["type"] == "translation")
    #expect(session?["audio"]?["output"]?["language"] == "fr")
    driver.send(append(audio(640)))
    driver.send(append(audio(600, peak: 0)))
    driver.run()
    func said(_ type: String) -> String {
      driver.events(type).compactMap { $0["delta"]?.string }.joined()
    }
    #expect(said("session.input_transcript.delta") == "Hello everybody.")
    #expect(said("session.output_transcript.delta") == "Bonjour à tous.")
    let sound = driver.events("session.output_audio.delta")
    #expect(
      sound[0].object?.names == [
        "type", "event_id", "delta", "sample_rate", "channels", "format", "elapsed_ms",
      ])
    #expect(sound.map { $0["elapsed_ms"] } == [100, 250, 500])
  }

  @Test func `closing is answered, and ends the connection`() {
    var driver = Driver(Self.request)
    driver.send(["type": "session.close"])
    #expect(driver.types == ["session.created", "session.closed"])
    #expect(driver.closing == .close(.normal, ""))
    #expect(driver.session.deadline == nil)
  }

  @Test(arguments: [
    (#"{"type":"response.create"}"#, "invalid_value"), ("nonsense", "invalid_json"),
    (#"{"type":"session.update","session":{"voice":"ash"}}"#, "unknown_parameter"),
    (#"{"type":"session.input_audio_buffer.append","audio":"!"}"#, "invalid_value"),
    (#"{"type":"session.input_audio_buffer.append"}"#, "missing_required_parameter"),
  ])
  func `refuses what it does not know`(text: String, code: String) {
    var driver = Driver(Self.request)
    driver.send(text: text)
    #expect(driver.last("error")?["error"]?["code"]?.string == code)
  }

  @Test func `expires as every session does`() {
    var driver = Driver(Self.request)
    driver.run(until: .start + .seconds(3600))
    #expect(driver.last("error")?["error"]?["code"] == "session_expired")
  }
}
