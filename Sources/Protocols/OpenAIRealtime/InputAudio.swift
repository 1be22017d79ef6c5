import Audio
import JSON
import VirtualTime

/// The input audio buffer and the detector that listens to it.
struct InputAudio: Sendable {
  /// API reference, "input_audio_buffer.append": 15 MiB an event.
  static let appendBytesMax = 15 << 20
  /// The service wants 100 ms at least before a commit.
  static let commitMillisecondsMin = 100
  /// What is kept of one turn for `conversation.item.retrieve`: a minute and a half of PCM.
  private static let keptBytesMax = 4 << 20

  private(set) var format: AudioFormat
  /// Bytes since the last commit or clear.
  private(set) var byteCount = 0
  /// The newest of them; what lies before is not needed any more, or is too much to keep.
  private var kept: [UInt8] = []
  private var detector: SpeechDetector
  private var isDetecting: Bool
  /// Bytes heard in this format, and where the detector stood when it began.
  private var heardBytes = 0
  private var heardBefore = 0
  /// The item the speech under way will become, and where it began.
  var speech: (itemID: String, startMilliseconds: Int)?

  private let semanticSilence: Duration?

  init(_ turnDetection: JSONObject?, format: AudioFormat, semanticSilence: Duration? = nil) {
    self.format = format
    self.semanticSilence = semanticSilence
    detector = SpeechDetector(
      rate: format.rate, settings: Self.settings(of: turnDetection ?? [:], semanticSilence))
    isDetecting = turnDetection != nil
  }

  /// A format that changes with audio in the buffer makes that audio useless. Detection that is
  /// switched on or off starts afresh: speech under way is heard as new, or not at all.
  mutating func configure(_ turnDetection: JSONObject?, format: AudioFormat) {
    if let turnDetection { detector.settings = Self.settings(of: turnDetection, semanticSilence) }
    if isDetecting != (turnDetection != nil) { stopSpeech() }
    isDetecting = turnDetection != nil
    guard format != self.format else { return }
    self.format = format
    detector.change(rate: format.rate)
    heardBytes = 0
    heardBefore = detector.heardMilliseconds
    byteCount = 0
    kept = []
  }

  /// How much audio came in so far, on the detector's grid.
  var heardMilliseconds: Int { detector.heardMilliseconds }

  /// The clock of the audio runs whether turns are detected or not: all times the service reports
  /// count what was appended in the session.
  mutating func append(_ bytes: [UInt8]) -> [SpeechDetector.Change] {
    // The turn that ends in these bytes may begin in them, too.
    trim()
    byteCount += bytes.count
    heardBytes += bytes.count
    kept += bytes
    let changes =
      switch format {
      case .pcm16: detector.listen(to: bytes)
      case .g711(let law): detector.listen(to: law.decode(bytes))
      }
    return isDetecting ? changes : []
  }

  /// While nobody speaks a second is enough to hold the padding before speech.
  private mutating func trim() {
    let isSilence = isDetecting && speech == nil
    let limit = isSilence ? format.bytesPerSecond : Self.keptBytesMax
    // Twice the limit, so that the copy is paid for once in a while only.
    guard kept.count > 2 * limit else { return }
    kept.removeFirst(kept.count - limit)
  }

  /// The buffered milliseconds, as in `0.00`.
  var milliseconds: Double { Double(byteCount) * 1000 / Double(format.bytesPerSecond) }

  mutating func clear() {
    byteCount = 0
    kept = []
    stopSpeech()
  }

  /// The buffer becomes an item with this audio: the `milliseconds` before `end`. What came after
  /// it in the same event stays in the buffer.
  mutating func commit(milliseconds: Int, endingAt end: Int) -> ItemAudio {
    let endByte = format.bytes(milliseconds: max(0, end - heardBefore))
    let rest = min(max(0, heardBytes - endByte), kept.count)
    let count = min(kept.count - rest, format.bytes(milliseconds: milliseconds))
    let audio = ItemAudio(speech: Array(kept.dropLast(rest).suffix(count)), format: format)
    kept.removeFirst(kept.count - rest)
    byteCount = rest
    speech = nil
    return audio
  }

  /// The whole buffer becomes an item. A user who goes on speaking is heard as starting anew.
  mutating func commitAll() -> ItemAudio {
    let audio = ItemAudio(speech: kept, format: format)
    clear()
    return audio
  }

  private mutating func stopSpeech() {
    speech = nil
    _ = detector.stop()
  }

  /// Realtime guide, "Voice activity detection": `threshold` from 0 to 1, higher wants louder
  /// speech; times lie on a 32 ms grid (recorded), and the first voiced window is a start. 0.5 is
  /// taken as -35 dBFS, which speech passes and room noise does not.
  private static func settings(of turnDetection: JSONObject, _ semanticSilence: Duration?)
    -> SpeechDetector.Settings
  {
    let threshold = turnDetection["threshold"]?.double ?? 0.5
    return SpeechDetector.Settings(
      windowMilliseconds: 32, thresholdDecibels: -50 + 30 * threshold, startWindows: 1,
      silenceMilliseconds: silence(of: turnDetection, semanticSilence))
  }

  /// A mock understands nothing, so that semantic detection waits as long as it ever does: 8, 4 and
  /// 2 seconds by "Semantic VAD" in the same guide.
  private static func silence(of turnDetection: JSONObject, _ semanticSilence: Duration?) -> Int {
    guard turnDetection["type"] == "semantic_vad" else {
      // A lenient session takes any number.
      return max(0, min(turnDetection["silence_duration_ms"]?.integer ?? 500, 3_600_000))
    }
    if let semanticSilence { return semanticSilence.milliseconds }
    switch turnDetection["eagerness"]?.string {
    case "low": return 8000
    case "high": return 2000
    case .some, nil: return 4000
    }
  }
}
