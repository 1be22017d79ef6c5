import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

/// Speech that does not keep to the bounds of messages.
@Suite("Gemini Live: the user's voice") struct VoiceTests {
  private let manual: JSONObject = [
    "realtimeInputConfig": ["automaticActivityDetection": ["disabled": true]]
  ]

  /// 16-bit PCM at `rate`: a square wave of each peak, for so many milliseconds.
  private func pcm(_ rate: Int, _ parts: (milliseconds: Int, peak: Int16)...) -> JSONValue {
    var bytes: [UInt8] = []
    for part in parts {
      for index in 0..<(rate * part.milliseconds / 1000) {
        let sample = UInt16(bitPattern: index / 20 % 2 == 0 ? part.peak : -part.peak)
        bytes += [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
      }
    }
    return [
      "realtimeInput": [
        "audio": [
          "mimeType": .string("audio/pcm;rate=\(rate)"),
          "data": .shared(SharedText(base64: bytes[...])),
        ]
      ]
    ]
  }

  private func offsets(of driver: Driver) -> [String] {
    driver.frames.compactMap { $0["voiceActivity"]?["audioOffset"]?.string }
  }

  @Test func `two utterances in one message are two turns, told in their order`() {
    var driver = Driver.ready(["inputAudioTranscription": [:]])
    driver.send(
      pcm(16_000, (400, 8000), (1200, 0), (800, 8000), (1200, 0)))
    let told = driver.frames.compactMap {
      ($0["voiceActivity"]?["type"] ?? $0["serverContent"]?["inputTranscription"]?["text"])?.string
    }
    #expect(
      told == [
        "ACTIVITY_START", "Hello?", "ACTIVITY_END", "ACTIVITY_START", "Hello?", "ACTIVITY_END",
      ]
    )
    #expect(offsets(of: driver) == ["0.160s", "1.600s", "1.760s", "3.600s"])
    #expect(
      driver.heard == [
        .spoke(.milliseconds(1600)), .turn(UserTurn(speech: .milliseconds(1600))),
        .spoke(.seconds(2)), .turn(UserTurn(speech: .seconds(2))),
      ])
  }

  @Test func `a start is told where it was detected, never behind its end`() {
    var driver = Driver.ready()
    driver.send(pcm(16_000, (400, 0), (400, 8000), (1600, 0)))
    #expect(offsets(of: driver) == ["0.560s", "2s"])
  }

  @Test func `another rate in the middle of speech is the same speech`() {
    var driver = Driver.ready()
    driver.send(pcm(16_000, (400, 8000)))
    driver.send(pcm(24_000, (400, 8000)))
    driver.send(pcm(48_000, (1200, 0)))
    #expect(offsets(of: driver) == ["0.160s", "2s"])
    #expect(driver.heard.first == .spoke(.seconds(2)))
  }

  @Test func `a window cut short by another rate does not put the clock back`() {
    var driver = Driver.ready()
    driver.send(pcm(16_000, (30, 0)))
    driver.send(pcm(24_000, (30, 0)))
    driver.send(pcm(16_000, (400, 8000), (1200, 0)))
    #expect(offsets(of: driver) == ["0.220s", "1.660s"])
  }

  @Test func `an activity of the client's own may change its rate`() {
    var driver = Driver.ready(manual)
    driver.send(pcm(48_000, (300, 0)))
    driver.send(["realtimeInput": ["activityStart": [:]]])
    driver.send(pcm(16_000, (300, 0)))
    driver.send(["realtimeInput": ["activityEnd": [:]]])
    #expect(driver.closes.isEmpty)
    #expect(driver.heard.last == .turn(UserTurn(speech: .milliseconds(300))))
  }

  @Test func `text interrupts as speech does: not where setup says NO_INTERRUPTION`() {
    for (handling, interrupts) in [
      ("START_OF_ACTIVITY_INTERRUPTS", true), ("NO_INTERRUPTION", false),
    ] {
      var driver = Driver.ready(
        ["realtimeInputConfig": ["activityHandling": .string(handling)]],
        answers: [[.say(Speech(text: "A very long answer, indeed."))]])
      driver.send(["realtimeInput": ["text": "Hi"]])
      driver.run(for: .milliseconds(520))
      driver.send(["realtimeInput": ["text": "Stop"]])
      #expect(driver.heard.contains(.interrupted) == interrupts)
      #expect(driver.heard.last == .turn(UserTurn(text: "Stop")))
    }
  }

  @Test func `audioStreamEnd that is false ends nothing`() {
    var driver = Driver.ready()
    driver.hear(400)
    driver.send(["realtimeInput": ["audioStreamEnd": false]])
    #expect(driver.heard.isEmpty)
    var manually = Driver.ready(manual)
    manually.send(["realtimeInput": ["audioStreamEnd": false]])
    #expect(manually.closes.isEmpty)
  }
}
