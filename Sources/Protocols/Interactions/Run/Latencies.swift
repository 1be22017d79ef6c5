/// How long the service takes. No live timings are public: these are what a fast model feels like.
enum Latencies {
  /// From the request to the first step.
  static let firstStep = Duration.milliseconds(400)
  /// Between a step's beginning and its first piece, and between the pieces.
  static let piece = Duration.milliseconds(40)
  /// Between two steps.
  static let step = Duration.milliseconds(20)
  /// Code that runs, a search.
  static let tool = Duration.milliseconds(300)
  /// Between two deltas of audio.
  static let audio = Duration.milliseconds(60)
  /// A picture that is drawn.
  static let picture = Duration.milliseconds(800)
}
