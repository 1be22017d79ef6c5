import Audio
import JSON

/// The input audio buffer and the detector that listens to it.
struct InputAudio: Sendable {
  static let format = AudioFormat.pcm16(rate: 24_000)
  /// API reference, "input_audio_buffer.append": 15 MiB an event.
  static let appendBytesMax = 15 << 20
  /// The service wants 100 ms at least before a commit.
  static let commitMillisecondsMin = 100

  /// Bytes since the last commit or clear.
  private(set) var byteCount = 0
  private var detector: SpeechDetector
  private var isDetecting: Bool
  /// The item the speech under way will become, and where it began.
  var speech: (itemID: String, startMilliseconds: Int)?

  init(turnDetection: JSONObject?) {
    detector = SpeechDetector(
      rate: Self.format.rate, settings: Self.settings(of: turnDetection ?? [:]))
    isDetecting = turnDetection != nil
  }

  mutating func configure(_ turnDetection: JSONObject?) {
    isDetecting = turnDetection != nil
    if let turnDetection { detector.settings = Self.settings(of: turnDetection) }
    if !isDetecting { _ = detector.stop() }
  }

  /// The clock of the audio runs whether turns are detected or not: all times the service reports
  /// count what was appended in the session.
  mutating func append(_ bytes: [UInt8]) -> [SpeechDetector.Change] {
    byteCount += bytes.count
    let changes = detector.listen(to: bytes)
    return isDetecting ? changes : []
  }

  /// The buffered milliseconds, as in `0.00`.
  var milliseconds: Double { Double(byteCount) * 1000 / Double(Self.format.bytesPerSecond) }

  mutating func clear() {
    byteCount = 0
    speech = nil
    _ = detector.stop()
  }

  /// The buffer became an item. The detector goes on: the user may still be speaking.
  mutating func commit() {
    byteCount = 0
    speech = nil
  }

  /// Realtime guide, "Voice activity detection": `threshold` from 0 to 1, higher wants louder
  /// speech; times lie on a 32 ms grid (recorded), and the first voiced window is a start. 0.5 is
  /// taken as -35 dBFS, which speech passes and room noise does not.
  private static func settings(of turnDetection: JSONObject) -> SpeechDetector.Settings {
    let threshold = turnDetection["threshold"]?.double ?? 0.5
    return SpeechDetector.Settings(
      windowMilliseconds: 32, thresholdDecibels: -50 + 30 * threshold, startWindows: 1,
      silenceMilliseconds: turnDetection["silence_duration_ms"]?.integer ?? 500)
  }
}
