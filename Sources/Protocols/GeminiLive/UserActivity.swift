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
  /// Bytes received in all.
  private var received = 0
  /// Bytes received at this rate.
  private var bytes = 0
  /// Milliseconds received at other rates before.
  private var offsetBefore = 0
  /// How far the clock of the audio is ahead of the detector's, which forgets a window that was
  /// begun when the rate changes.
  private var lead = 0
  /// Where the activity under way began, in milliseconds of received audio.
  private(set) var start: Int?
  /// How many bytes had come before it.
  private var receivedBefore = 0
  /// The end that waits for what the user said.
  var ending: Ending?
  /// What was detected and is not told yet: it waits until the last end was answered.
  ///
  /// The scenario answers at the instant it is asked, so this holds the changes of one message.
  private var changes: [Change] = []
  /// When the last frame of video came.
  var lastFrame: Instant?

  /// A change between speech and silence, in milliseconds of received audio.
  enum Change: Sendable {
    /// Where speech began, and where it had lasted long enough to be one.
    case started(at: Int, detectedAt: Int)
    case ended(at: Int)
  }

  struct Ending: Sendable {
    /// Milliseconds of received audio at the end.
    let offset: Int
    let length: Int
    /// Whether no audio came at all.
    let isEmpty: Bool
    /// Whether the client is told of it by `voiceActivity`.
    let isDetected: Bool
  }

  init(_ settings: SpeechDetector.Settings?) {
    self.settings = settings
    detector = settings.map { SpeechDetector(rate: Self.defaultRate, settings: $0) }
  }

  var isAutomatic: Bool { settings != nil }
  var isSpeaking: Bool { start != nil || ending != nil }

  /// Milliseconds of audio received so far.
  var offset: Int { offsetBefore + bytes * 1000 / (2 * rate) }

  /// How long `audio` plays.
  func duration(of audio: [UInt8]) -> Duration {
    .nanoseconds(Int64(audio.count) * 1_000_000_000 / Int64(2 * rate))
  }

  mutating func listen(to audio: [UInt8], rate: Int) {
    change(rate: rate)
    received += audio.count
    bytes += audio.count
    guard let settings else { return }
    let wanted = settings.startWindows * settings.windowMilliseconds
    for change in detector?.listen(to: audio) ?? [] {
      switch change {
      case .started(let start):
        changes.append(.started(at: lead + start, detectedAt: lead + start + wanted))
      case .ended(let end): changes.append(.ended(at: lead + end))
      }
    }
  }

  /// Live API, "Audio formats": the rate stands in each message, and may change between them.
  private mutating func change(rate: Int) {
    guard rate != self.rate else { return }
    offsetBefore = offset
    bytes = 0
    self.rate = rate
    detector?.change(rate: rate)
    lead = offsetBefore - (detector?.heardMilliseconds ?? 0)
  }

  /// The next change; nil while an end waits for its answer.
  mutating func takeChange() -> Change? {
    ending != nil || changes.isEmpty ? nil : changes.removeFirst()
  }

  mutating func begin(at offset: Int) {
    start = offset
    receivedBefore = received
  }

  /// Ends the activity under way, if there is one, until the scenario says what it was.
  mutating func end(at offset: Int, isDetected: Bool) -> Ending? {
    guard let start else { return nil }
    self.start = nil
    ending = Ending(
      offset: offset, length: max(0, offset - start),
      isEmpty: received == receivedBefore && !isDetected, isDetected: isDetected)
    return ending
  }

  /// The stream is over, and so is the speech under way, where there is some.
  mutating func endStream() {
    if detector?.stop() == true { changes.append(.ended(at: offset)) }
  }
}

extension LiveSession {
  mutating func hear(_ blob: JSONValue, at now: Instant) throws(Refused) {
    let type = blob["mimeType"]?.string ?? "audio/pcm"
    guard let audio = try decode(blob, "audio", isRight: type.isAudio) else { return }
    let wasSpeaking = activity.isSpeaking
    activity.listen(to: audio, rate: Self.rate(of: type))
    tellChanges(at: now)
    if !wasSpeaking, !activity.isSpeaking, configuration.coverage.silence {
      context.audio += TokenCount.audio(activity.duration(of: audio))
    }
    repeatResumptionUpdate(at: now)
  }

  /// What was detected, in its order; after an end it goes on when the scenario has answered.
  private mutating func tellChanges(at now: Instant) {
    while let change = activity.takeChange() {
      switch change {
      case .started(let offset, let detection):
        activity.begin(at: offset)
        sendVoiceActivity("ACTIVITY_START", at: detection)
        if configuration.activityInterrupts { interrupt(at: now) }
      case .ended(let offset): finishSpeech(at: offset, isDetected: true)
      }
    }
  }

  /// Frames of video are seen by the model alone; nothing on the wire follows from them.
  mutating func see(_ blob: JSONValue, at now: Instant) throws(Refused) {
    let type = blob["mimeType"]?.string ?? ""
    guard try decode(blob, "video", isRight: type.hasPrefix("image/")) != nil else { return }
    // Live API, "Capabilities": at most one frame a second.
    if let last = activity.lastFrame, now - last < options.limit(.milliseconds(900)) {
      explain("more than one frame of video a second: the service advises against it")
    }
    activity.lastFrame = now
    if activity.isSpeaking || configuration.coverage.stillVideo {
      context.video += TokenCount.perFrame
    }
  }

  /// Nil where a lenient scenario lets pass what is wrong.
  private mutating func decode(_ blob: JSONValue, _ field: String, isRight: Bool) throws(Refused)
    -> [UInt8]?
  {
    let bytes = blob["data"]?.string.flatMap { Base64.decode($0) }
    let isDecoded = try scrutiny.require(
      bytes != nil,
      or: .unreadable(
        "Invalid value at 'realtime_input.\(field).data' (TYPE_BYTES), Base64 decoding failed"))
    let type = blob["mimeType"]?.string ?? "none"
    let advice = field == "audio" ? "audio/pcm;rate=16000" : "image/jpeg or image/png"
    let isTyped = try scrutiny.require(
      isRight,
      or: .invalidArgument("'realtimeInput.\(field)' has the MIME type '\(type)'; use \(advice)"))
    return isDecoded && isTyped ? bytes : nil
  }

  /// Live API, "Disable automatic VAD": marks of the client's own, only without detection.
  mutating func startActivity(at now: Instant) throws(Refused) {
    guard
      try scrutiny.require(
        !activity.isAutomatic,
        or: .invalidArgument("'activityStart' is allowed only with automatic detection disabled"))
    else { return }
    activity.begin(at: activity.offset)
    if profile.style == .transcription { sendVoiceActivity("ACTIVITY_START", at: activity.offset) }
    if configuration.activityInterrupts { interrupt(at: now) }
  }

  mutating func endActivity(at now: Instant) throws(Refused) {
    guard
      try scrutiny.require(
        !activity.isAutomatic,
        or: .invalidArgument("'activityEnd' is allowed only with automatic detection disabled"))
    else { return }
    guard activity.start != nil else {
      return explain("'activityEnd' was ignored: no activity had started")
    }
    finishSpeech(at: activity.offset, isDetected: false)
  }

  /// Live API, "audioStreamEnd": the microphone was switched off, so what was said is complete.
  mutating func endStream(at now: Instant) throws(Refused) {
    guard
      try scrutiny.require(
        activity.isAutomatic,
        or: .invalidArgument("'audioStreamEnd' is allowed only with automatic detection enabled"))
    else { return }
    activity.endStream()
    tellChanges(at: now)
  }

  /// The scenario says what was said before the client learns that it was heard.
  private mutating func finishSpeech(at offset: Int, isDetected: Bool) {
    guard let ending = activity.end(at: offset, isDetected: isDetected) else { return }
    report(.spoke(.milliseconds(ending.length)))
  }

  /// The scenario's answer to `.spoke`: transcription, end of activity, and the user's turn.
  mutating func finishActivity(_ transcription: Transcription, at now: Instant) throws(Refused) {
    guard let ending = activity.ending else { return }
    activity.ending = nil
    if ending.isEmpty {
      // Observed on 3.8: an activity without any audio ends the session.
      send(["serverContent": ["turnComplete": true], "usageMetadata": [:]])
      throw .preconditionFailed("an activity without any audio; send audio before 'activityEnd'")
    }
    let speech = Duration.milliseconds(ending.length)
    context.audio += TokenCount.audio(speech)
    userSpeech += speech
    switch transcription {
    case .heard(let text): if let text, !text.isEmpty { transcribe(text) }
    case .failed:
      explain("a failed transcription is silent here: this protocol has no message for it")
    }
    if profile.style == .transcription {
      send(["serverContent": ["generationComplete": true]])
      sendVoiceActivity("ACTIVITY_END", at: ending.offset)
    } else if ending.isDetected {
      sendVoiceActivity("ACTIVITY_END", at: ending.offset)
    }
    askForAnswer()
    tellChanges(at: now)
  }

  /// The user's words: whole from 3.1 on, piece by piece before (recorded), and with what the
  /// recogniser thought on the way where the model does nothing else.
  private mutating func transcribe(_ text: String) {
    guard configuration.transcribesInput else { return }
    let words = text.spokenWords
    if profile.style == .transcription {
      for count in 1...max(1, min(words.count, Self.interimMax)) {
        let end = words.count * count / max(1, min(words.count, Self.interimMax))
        let interim = words[..<end].joined()
        send(["serverContent": ["interimInputTranscription": ["text": .string(interim)]]])
      }
    }
    for piece in profile.transcribesInPieces ? words : [text] {
      send(["serverContent": ["inputTranscription": ["text": .string(piece)]]])
    }
  }

  /// Interim texts are cumulative, so that a long speech has not one for each word.
  private static let interimMax = 8

  private mutating func sendVoiceActivity(_ type: String, at offset: Int) {
    let isStart = type == "ACTIVITY_START"
    if profile.tellsVoiceActivity {
      send([
        "serverContent": [:],
        "voiceActivity": [
          "type": .string(type),
          "audioOffset": .string(Duration.milliseconds(offset).protobufText),
        ],
      ])
    }
    if configuration.signalsVoice {
      let signal = isStart ? "VAD_SIGNAL_TYPE_SOS" : "VAD_SIGNAL_TYPE_EOS"
      send(["voiceActivityDetectionSignal": ["vadSignalType": .string(signal)]])
    }
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
