/// How long the service was seen to take, before the scenario's pace is applied.
enum Latencies {
  /// `setup` to `setupComplete`, the median.
  static let setup = Duration.milliseconds(130)
  /// The end of the user's turn to the first output; 450 to 900 ms were seen.
  static let firstOutput = Duration.milliseconds(500)
  /// Between two frames of audio; 25 to 185 ms were seen, 3 to 4 times faster than it plays.
  static let nextAudio = Duration.milliseconds(80)
  /// Between two frames of text.
  static let nextText = Duration.milliseconds(40)
  /// Between two handles of resumption while media stream; 1.2 to 2 s were seen.
  static let nextHandle = Duration.milliseconds(1500)
}
