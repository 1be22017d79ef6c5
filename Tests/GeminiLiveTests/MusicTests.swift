import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: music") struct MusicTests {
  /// A listener on paper; the scenario is given by hand.
  private struct Listener {
    var session = GeminiLive.musicProtocol.open(SessionSettings())
    var namespace = Namespace(seed: 1, epoch: 0)
    var now = Instant.start
    var outputs: [Output] = []

    init() {
      take(
        .opened(
          Request(
            target: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateMusic",
            headers: [Header("Upgrade", "websocket"), Header("x-goog-api-key", "k")])))
      send(["setup": ["model": "models/lyria-realtime-exp"]])
      run(for: .milliseconds(130))
    }

    mutating func take(_ input: Input) {
      outputs += session.receive(input, at: now, in: &namespace)
    }

    mutating func send(_ message: JSONValue) {
      take(.message(Message(received: message.encoded, as: .text)))
    }

    mutating func run(for duration: Duration) {
      let limit = now + duration
      while let due = session.deadline, due <= limit {
        now = max(now, due)
        take(.due)
      }
      now = limit
    }

    var frames: [JSONValue] {
      outputs.compactMap { if case .send(let message) = $0 { message.json } else { nil } }
    }

    var heard: [ClientEvent] {
      outputs.compactMap { if case .heard(let event) = $0 { event } else { nil } }
    }

    var chunks: [JSONValue] {
      frames.flatMap { $0["serverContent"]?["audioChunks"]?.array ?? [] }
    }

    var closes: [Output] { outputs.filter { if case .close = $0 { true } else { false } } }
  }

  private let prompts: JSONValue = [
    "clientContent": ["weightedPrompts": [["text": "minimal techno", "weight": 1.0]]]
  ]
  /// Two and a half seconds.
  private let clip = AudioClip(name: "x", bytes: [1, 2] + [UInt8](repeating: 0, count: 119_998))

  private func playing() -> Listener {
    var listener = Listener()
    listener.send(prompts)
    listener.send(["playbackControl": "PLAY"])
    listener.take(.direction(.say(Speech(audio: clip))))
    return listener
  }

  @Test func `setup is completed, and playing asks the scenario`() {
    let listener = playing()
    #expect(listener.frames == [["setupComplete": [:]]])
    #expect(listener.heard == [.ready, .turn(UserTurn(text: "minimal techno"))])
  }

  @Test func `music is 48 kHz stereo, a second at a time, and has no end`() {
    var listener = playing()
    listener.run(for: .milliseconds(500))
    #expect(listener.chunks.count == 1)
    listener.run(for: .milliseconds(2000))
    #expect(listener.chunks.count == 3)
    #expect(listener.outputs.contains(.performed))
    let bytes = listener.chunks.map { $0["data"]?.string.flatMap { Base64.decode($0) } ?? [] }
    #expect(bytes.map(\.count) == [192_000, 192_000, 96_000])
    #expect(bytes[0].prefix(10) == [1, 2, 1, 2, 1, 2, 1, 2, 0, 0])
    #expect(listener.chunks[0]["mimeType"] == "audio/l16;rate=48000;channels=2")
    listener.run(for: .seconds(10))
    // Five passes of two and a half seconds have three chunks each.
    #expect(listener.chunks.count == 15)
    #expect(listener.outputs.filter { $0 == .performed }.count == 1)
  }

  @Test func `each chunk says what it was made from`() {
    var listener = Listener()
    listener.send(["music_generation_config": ["bpm": 120, "mute_bass": true]])
    listener.send(prompts)
    listener.send(["playbackControl": "PLAY"])
    listener.take(.direction(.say(Speech(audio: clip))))
    listener.run(for: .seconds(1))
    #expect(
      listener.chunks[0]["sourceMetadata"] == [
        "clientContent": ["weightedPrompts": [["text": "minimal techno", "weight": 1.0]]],
        "musicGenerationConfig": ["bpm": 120, "muteBass": true],
      ])
  }

  @Test func `PAUSE keeps the place, and STOP forgets it`() {
    var listener = playing()
    listener.run(for: .milliseconds(1600))
    listener.send(["playbackControl": "PAUSE"])
    listener.run(for: .seconds(5))
    #expect(listener.chunks.count == 2)
    listener.send(["playbackControl": "PLAY"])
    listener.run(for: .milliseconds(500))
    // The third chunk is the short one at the end.
    #expect(listener.chunks.last?["data"]?.string?.utf8.count == 128_000)
    listener.send(["playbackControl": "STOP"])
    listener.run(for: .seconds(5))
    #expect(listener.chunks.count == 3)
    listener.send(["playbackControl": "PLAY"])
    #expect(listener.heard.count == 3)
  }

  @Test func `STOP in the middle of a clip is an interruption`() {
    var listener = playing()
    listener.run(for: .milliseconds(600))
    listener.send(["playbackControl": "STOP"])
    #expect(listener.heard.last == .interrupted)
  }

  @Test func `RESET_CONTEXT begins the clip again`() {
    var listener = playing()
    listener.run(for: .milliseconds(600))
    listener.send(["playbackControl": "RESET_CONTEXT"])
    listener.run(for: .milliseconds(1000))
    #expect(listener.chunks[1]["data"] == listener.chunks[0]["data"])
  }

  @Test func `new prompts ask for other music, while the old goes on`() {
    var listener = playing()
    listener.run(for: .milliseconds(600))
    listener.send([
      "clientContent": ["weightedPrompts": [["text": "jazz", "weight": 2], ["text": "rain"]]]
    ])
    #expect(listener.heard.last == .turn(UserTurn(text: "jazz, rain")))
    listener.run(for: .seconds(1))
    #expect(listener.chunks.count == 2)
  }

  @Test(arguments: [
    #"{"clientContent":{"weightedPrompts":[{"text":"x","weight":0}]}}"#,
    #"{"musicGenerationConfig":{"bpm":59}}"#, #"{"musicGenerationConfig":{"guidance":6.5}}"#,
    #"{"setup":{"model":"m"}}"#,
  ])
  func `what Lyria does not take ends the session`(message: String) throws {
    var listener = Listener()
    listener.send(try JSONValue(parsing: Array(message.utf8)))
    #expect(
      listener.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
  }

  @Test func `a scenario fails as over the Live API`() {
    var listener = playing()
    listener.take(.direction(.fail(ServiceFailure(code: "RESOURCE_EXHAUSTED"))))
    #expect(
      listener.closes == [
        .close(.internalError, "Resource has been exhausted (e.g. check quota).")
      ])
  }
}
