import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime

@Suite("OpenAI Realtime: audio formats") struct FormatTests {
  private let clip = AudioClip(
    name: "x",
    bytes: (0..<24_000).flatMap { index -> [UInt8] in
      let sample = UInt16(bitPattern: index / 40 % 2 == 0 ? 8000 : -8000)
      return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
    })

  private func update(_ input: String, _ output: String) -> JSONValue {
    [
      "type": "session.update",
      "session": [
        "type": "realtime",
        "audio": [
          "input": ["format": ["type": .string(input)]],
          "output": ["format": ["type": .string(output)]],
        ],
      ],
    ]
  }

  /// 8 kHz speech or silence of so many milliseconds.
  private func telephone(_ law: G711, _ milliseconds: Int, peak: Int16) -> JSONValue {
    let codes = (0..<(8 * milliseconds)).map { law.encode($0 / 13 % 2 == 0 ? peak : -peak) }
    return .shared(SharedText(base64: codes[...]))
  }

  @Test(arguments: [("audio/pcmu", G711.mu), ("audio/pcma", .a)])
  func `telephone speech goes out at 8000 bytes a second`(name: String, law: G711) {
    var driver = Driver(answers: [[.say(Speech(text: "Hi.", audio: clip))]])
    driver.send(update("audio/pcm", name))
    #expect(
      driver.last("session.updated")?["session"]?["audio"]?["output"]?["format"]
        == ["type": .string(name)])
    driver.send(["type": "response.create"])
    driver.run()
    let chunks = driver.events("response.output_audio.delta").compactMap {
      $0["delta"]?.string.flatMap { Base64.decode($0) }
    }
    #expect(chunks.map(\.count) == [800, 1200, 2000, 2000, 2000])
    #expect(chunks.flatMap { $0 } == clip.telephone(law, 0..<48_000))
    #expect(
      driver.last("response.done")?["response"]?["audio"]?["output"]?["format"]
        == ["type": .string(name)])
  }

  @Test func `a response may have a format of its own`() {
    var driver = Driver(answers: [[.say(Speech(text: "Hi.", audio: clip))]])
    driver.send([
      "type": "response.create",
      "response": ["audio": ["output": ["format": ["type": "audio/pcmu"]]]],
    ])
    driver.run()
    let bytes = driver.events("response.output_audio.delta").compactMap {
      $0["delta"]?.string.flatMap { Base64.decode($0) }
    }
    #expect(bytes.joined().count == 8000)
  }

  @Test(arguments: [("audio/pcmu", G711.mu), ("audio/pcma", .a)])
  func `speech is found in telephone audio, on the same clock`(name: String, law: G711) {
    var driver = Driver()
    driver.send(update(name, "audio/pcm"))
    for (milliseconds, peak) in [(640, Int16(0)), (960, 8000), (640, 0)] {
      driver.send(append(telephone(law, milliseconds, peak: peak)))
    }
    #expect(driver.last("input_audio_buffer.speech_started")?["audio_start_ms"] == 340)
    #expect(driver.last("input_audio_buffer.speech_stopped")?["audio_end_ms"] == 1824)
  }

  @Test func `a tenth of a second of telephone audio is enough to commit`() {
    var driver = Driver()
    driver.send([
      "type": "session.update",
      "session": [
        "type": "realtime",
        "audio": ["input": ["format": ["type": "audio/pcma"], "turn_detection": nil]],
      ],
    ])
    driver.send(append(telephone(.a, 99, peak: 0)))
    driver.send(["type": "input_audio_buffer.commit"])
    #expect(driver.last("error")?["error"]?["code"] == "input_audio_buffer_commit_empty")
    driver.send(append(telephone(.a, 1, peak: 0)))
    driver.send(["type": "input_audio_buffer.commit"])
    #expect(driver.types.contains("input_audio_buffer.committed"))
  }

  @Test func `retrieving an item returns its audio, as it was sent`() throws {
    var driver = Driver(answers: [[.say(Speech(text: "Hi.", audio: clip))]])
    driver.send([
      "type": "session.update",
      "session": ["type": "realtime", "audio": ["input": ["turn_detection": nil]]],
    ])
    driver.send(append(audio(200)))
    driver.send(["type": "input_audio_buffer.commit"])
    driver.send(["type": "response.create"])
    driver.run()
    func retrieve(_ id: JSONValue?) -> JSONValue? {
      driver.send(["type": "conversation.item.retrieve", "item_id": id ?? .null])
      return driver.last("conversation.item.retrieved")?["item"]
    }
    let user = retrieve(driver.last("input_audio_buffer.committed")?["item_id"])
    #expect(user?["object"] == "realtime.item")
    #expect(user?["content"]?[0]?["audio"]?.string == audio(200).string)
    let id = driver.last("response.output_item.done")?["item"]?["id"]
    let whole = retrieve(id)?["content"]?[0]
    #expect(whole?["audio"]?.string.flatMap { Base64.decode($0) } == clip.bytes)
    #expect(whole?["transcript"] == "Hi.")
    driver.send([
      "type": "conversation.item.truncate", "item_id": id ?? .null, "content_index": 0,
      "audio_end_ms": 500,
    ])
    let part = retrieve(id)?["content"]?[0]
    #expect(part?["audio"]?.string.flatMap { Base64.decode($0) }?.count == 24_000)
    // What was not heard leaves the text as well.
    #expect(part?["transcript"] == "")
  }
}
