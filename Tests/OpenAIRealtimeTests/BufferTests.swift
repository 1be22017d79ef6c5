import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

/// Speech that does not keep to the bounds of events, and detection that is switched in its middle.
@Suite("OpenAI Realtime: the input buffer") struct BufferTests {
  private func detection(_ detection: JSONValue) -> JSONValue {
    [
      "type": "session.update",
      "session": [
        "type": "realtime",
        "audio": [
          "input": ["turn_detection": detection, "transcription": ["model": "whisper-1"]]
        ],
      ],
    ]
  }

  /// 24 kHz PCM: a square wave of each peak, for so many milliseconds.
  private func pcm(_ parts: (milliseconds: Int, peak: Int16)...) -> [UInt8] {
    parts.flatMap { part in
      audio(part.milliseconds, peak: part.peak).string.flatMap { Base64.decode($0) } ?? []
    }
  }

  private func append(_ bytes: [UInt8]) -> JSONValue {
    [
      "type": "input_audio_buffer.append", "audio": .shared(SharedText(base64: bytes[...])),
    ]
  }

  private func retrieve(_ id: JSONValue?, in driver: inout Driver) -> [UInt8]? {
    driver.send(["type": "conversation.item.retrieve", "item_id": id ?? .null])
    let part = driver.last("conversation.item.retrieved")?["item"]?["content"]?.array?.first
    return part?["audio"]?.string.flatMap { Base64.decode($0) }
  }

  @Test func `two utterances in one event are two items with transcripts of their own`() {
    var driver = Driver(pace: .fast)
    driver.send(detection(["type": "server_vad"]))
    driver.send(append(pcm((640, 8000), (320, 0), (320, 8000), (320, 0))))
    driver.run()
    let committed = driver.events("input_audio_buffer.committed").compactMap { $0["item_id"] }
    let completed = driver.events("conversation.item.input_audio_transcription.completed")
    #expect(committed.count == 2)
    #expect(completed.compactMap { $0["item_id"] } == committed)
    #expect(completed.compactMap { $0["usage"]?["seconds"] } == [1, 1])
    #expect(driver.heard.filter { if case .spoke = $0 { true } else { false } }.count == 2)
  }

  @Test func `what follows a turn in the same event stays in the buffer`() {
    var driver = Driver(pace: .fast)
    // 640 ms, 224 ms of silence to the end of the turn, and 100 ms that lie behind it.
    driver.send(append(pcm((640, 8000), (324, 0))))
    #expect(driver.last("input_audio_buffer.speech_stopped")?["audio_end_ms"] == 864)
    driver.send(detection(nil))
    driver.send(["type": "input_audio_buffer.commit"])
    #expect(driver.last("error") == nil)
    #expect(driver.heard.last == .spoke(.milliseconds(100)))
  }

  @Test func `a turn in one event keeps its sound`() {
    var driver = Driver(pace: .fast)
    let speech = pcm((6400, 0), (9600, 8000), (224, 0))
    driver.send(append(speech + pcm((50, 0))))
    let id = driver.last("input_audio_buffer.committed")?["item_id"]
    let kept = retrieve(id, in: &driver)
    // From 300 ms before the speech on.
    #expect(kept.map { $0 == Array(speech[(6100 * 48)...]) } == true)
  }

  @Test func `detection that is switched on in the middle of speech hears the rest`() {
    var driver = Driver(pace: .fast)
    driver.send(detection(nil))
    driver.send(append(pcm((320, 8000))))
    driver.send(detection(["type": "server_vad"]))
    driver.send(append(pcm((320, 8000), (320, 0))))
    #expect(driver.events("input_audio_buffer.speech_started").count == 1)
    #expect(driver.events("input_audio_buffer.committed").count == 1)
  }

  @Test func `a commit in the middle of speech leaves the rest to be heard`() {
    var driver = Driver(pace: .fast)
    driver.send(append(pcm((320, 8000))))
    driver.send(["type": "input_audio_buffer.commit"])
    driver.send(append(pcm((320, 8000), (320, 0))))
    let started = driver.events("input_audio_buffer.speech_started").compactMap { $0["item_id"] }
    let committed = driver.events("input_audio_buffer.committed").compactMap { $0["item_id"] }
    #expect(started.count == 2)
    #expect(committed == started)
  }

  @Test func `detection that was off for a while starts afresh`() {
    var driver = Driver(pace: .fast)
    driver.send(append(pcm((320, 8000))))
    driver.send(detection(nil))
    driver.send(append(pcm((320, 0))))
    driver.send(detection(["type": "server_vad"]))
    driver.send(append(pcm((320, 8000), (320, 0))))
    #expect(driver.events("input_audio_buffer.speech_started").count == 2)
    #expect(driver.events("input_audio_buffer.committed").count == 1)
  }
}
