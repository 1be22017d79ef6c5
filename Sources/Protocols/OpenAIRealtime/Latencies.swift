/// How long the service was seen to take, before the scenario's pace is applied.
enum Latencies {
  /// `response.create` to `response.created`.
  static let response = Duration.milliseconds(93)
  /// `response.created` to the first `response.output_item.added`.
  static let firstItem = Duration.milliseconds(320)
  /// From one item of a response to the next.
  static let nextItem = Duration.milliseconds(6)
  /// `response.output_item.added` to `response.content_part.added`.
  static let part = Duration.milliseconds(6)
  /// The announcement of calls to the burst that holds their arguments.
  static let arguments = Duration.milliseconds(40)
  /// `response.content_part.added` to the first delta of text or transcript.
  static let firstWord = Duration.milliseconds(1)
  static let nextWord = Duration.milliseconds(3)
  /// The first delta of the transcript to the first of the audio.
  static let firstAudio = Duration.milliseconds(125)
  /// Between two audio deltas; 6 to 90 ms were seen.
  static let nextAudio = Duration.milliseconds(50)
  /// The last delta to the closing events.
  static let closing = Duration.milliseconds(20)
  /// `response.done` to `rate_limits.updated`.
  static let rateLimits = Duration.milliseconds(30)
  /// `input_audio_buffer.committed` to the transcription, which comes in the middle of the answer.
  static let transcription = Duration.milliseconds(450)
}
