import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// The user's voice: what came in, and whether it is speech.
struct UserActivity: Sendable {
  /// `audio/pcm` without a rate.
  static let defaultRate = 16_000

  /// Nil when the client marks activity itself.
  private let settings: SpeechDetector.Settings?
  private var detector: SpeechDetector?
  private(set) var rate = Self.defaultRate
  /// Bytes received, for the clock of the audio and for the length of an activity.
  private var bytes = 0
  /// Where the activity under way began, in milliseconds of received audio.
  private(set) var start: Int?
  /// The end that waits for what the user said.
  var ending: Ending?

  struct Ending: Sendable {
    /// Milliseconds of received audio at the end.
    let offset: Int
    let length: Int
    /// Whether the client is told of it by `voiceActivity`.
    let isDetected: Bool
  }

  init(_ settings: SpeechDetector.Settings?) { self.settings = settings }

  var isAutomatic: Bool { settings != nil }

  /// Milliseconds of audio received so far.
  var offset: Int { bytes * 1000 / (2 * rate) }

  mutating func listen(to audio: [UInt8], rate: Int) -> [SpeechDetector.Change] {
    if rate != self.rate || detector == nil {
      self.rate = rate
      detector = settings.map { SpeechDetector(rate: rate, settings: $0) }
    }
    bytes += audio.count
    return detector?.listen(to: audio) ?? []
  }

  mutating func begin(at offset: Int) { start = offset }

  /// The length of the activity that ends here, in milliseconds; nil when there is none.
  mutating func end(at offset: Int) -> Int? {
    defer { start = nil }
    return start.map { max(0, offset - $0) }
  }

  mutating func stopDetector() -> Bool { detector?.stop() ?? false }
}

extension LiveSession {
  mutating func hear(_ blob: JSONValue, at now: Instant) throws(Refused) {
    guard let audio = blob["data"]?.string.flatMap({ Base64.decode($0) }) else {
      throw .unreadable(
        "Invalid value at 'realtime_input.audio.data' (TYPE_BYTES), Base64 decoding failed")
    }
    let type = blob["mimeType"]?.string ?? "audio/pcm"
    guard type.isAudio else {
      throw .invalidArgument(
        "'realtimeInput.audio' has the MIME type '\(type)'; use audio/pcm;rate=16000")
    }
    for change in activity.listen(to: audio, rate: Self.rate(of: type)) {
      switch change {
      case .started(let offset):
        activity.begin(at: offset)
        sendVoiceActivity("ACTIVITY_START", at: activity.offset)
        if configuration.activityInterrupts { interrupt(at: now) }
      case .ended(let offset): finishSpeech(at: offset, isDetected: true)
      }
    }
  }

  /// Live API, "Disable automatic VAD": marks of the client's own, only without detection.
  mutating func startActivity(at now: Instant) throws(Refused) {
    if activity.isAutomatic {
      throw .invalidArgument("'activityStart' is allowed only with automatic detection disabled")
    }
    activity.begin(at: activity.offset)
    if configuration.activityInterrupts { interrupt(at: now) }
  }

  mutating func endActivity(at now: Instant) throws(Refused) {
    if activity.isAutomatic {
      throw .invalidArgument("'activityEnd' is allowed only with automatic detection disabled")
    }
    guard activity.start != nil else {
      return explain("'activityEnd' was ignored: no activity had started")
    }
    finishSpeech(at: activity.offset, isDetected: false)
  }

  /// Live API, "audioStreamEnd": the microphone was switched off, so what was said is complete.
  mutating func endStream(at now: Instant) throws(Refused) {
    if !activity.isAutomatic {
      throw .invalidArgument("'audioStreamEnd' is allowed only with automatic detection enabled")
    }
    if activity.stopDetector() { finishSpeech(at: activity.offset, isDetected: true) }
  }

  /// The scenario says what was said before the client learns that it was heard.
  private mutating func finishSpeech(at offset: Int, isDetected: Bool) {
    guard let length = activity.end(at: offset) else { return }
    activity.ending = .init(offset: offset, length: length, isDetected: isDetected)
    report(.spoke(.milliseconds(length)))
  }

  /// The scenario's answer to `.spoke`: transcription, end of activity, and the user's turn.
  mutating func finishActivity(saying text: String?, at now: Instant) throws(Refused) {
    guard let ending = activity.ending else { return }
    activity.ending = nil
    if ending.length == 0, !ending.isDetected {
      // Observed on 3.8: an activity without any audio ends the session.
      send(["serverContent": ["turnComplete": true], "usageMetadata": [:]])
      throw .preconditionFailed("an activity without any audio; send audio before 'activityEnd'")
    }
    let speech = Duration.milliseconds(ending.length)
    context.audio += TokenCount.audio(speech)
    userSpeech += speech
    if configuration.transcribesInput, let text, !text.isEmpty {
      send(["serverContent": ["inputTranscription": ["text": .string(text)]]])
    }
    if ending.isDetected { sendVoiceActivity("ACTIVITY_END", at: ending.offset) }
    askForAnswer()
  }

  private mutating func sendVoiceActivity(_ type: String, at offset: Int) {
    send([
      "serverContent": [:],
      "voiceActivity": ["type": .string(type), "audioOffset": .string(offset.asDuration)],
    ])
  }

  /// `audio/pcm;rate=24000` to 24000.
  private static func rate(of type: String) -> Int {
    let rate = type.split(separator: ";").map { $0.trimmingSpaces() }.first {
      $0.hasPrefix("rate=")
    }
    let number = rate.flatMap { Int($0.dropFirst(5)) } ?? UserActivity.defaultRate
    return (8_000...48_000).contains(number) ? number : UserActivity.defaultRate
  }
}

extension Int {
  /// Milliseconds as ProtoJSON writes a duration: `2480` to `2.480s`, 0 to `0s`.
  fileprivate var asDuration: String {
    let fraction = self % 1000
    if fraction == 0 { return "\(self / 1000)s" }
    let zeros = String(repeating: "0", count: fraction < 10 ? 2 : fraction < 100 ? 1 : 0)
    return "\(self / 1000).\(zeros)\(fraction)s"
  }
}
