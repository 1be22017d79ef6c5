import Conversation
import Wire

/// What a scenario decides about this protocol, under `interactions:`.
struct Options: Hashable, Sendable {
  enum EventIDs: String, CaseIterable, Sendable {
    case all
    case deltas
    case none
  }

  /// Whether an answer is a stream.
  enum AnswerForm: String, CaseIterable, Sendable {
    case asked
    case stream
    case whole

    func isStream(_ request: CreateRequest) -> Bool {
      switch self {
      case .asked: request.isStream
      case .stream: true
      case .whole: false
      }
    }
  }

  /// How a stream says that it failed.
  enum FailureForm: String, CaseIterable, Sendable {
    case event
    /// One line of JSON that is no event, and nobody finds the interaction afterwards: so content
    /// that is refused in mid-stream was seen to end (js-genai, issue 1973).
    case line
    /// The error of Google's front end, in a list: so streams were seen to end after ten minutes.
    case array
  }

  /// How `Retry-After` spells its time (RFC 9110, 10.2.3).
  enum RetryAfterForm: String, CaseIterable, Sendable {
    case seconds
    case date
  }

  var revision = Revision.Policy.auto
  var answers = AnswerForm.asked
  var failures = FailureForm.event
  var retryAfter = RetryAfterForm.seconds
  var eventIDs = EventIDs.deltas
  /// Whether a stream ends with `event: done`.
  var hasDone = true
  var lineEnd = ServerSentEventWriter.LineEnd.lineFeed
  var hasByteOrderMark = false
  var streamType = ServerSentEventWriter.contentType
  /// Whether answers begin with a thought that holds a signature, as Gemini 3 does.
  var hasSignatures = true
  /// How long a background run takes.
  var backgroundTime = Duration.seconds(10)
  /// How long an interaction can be asked for after it ended.
  var retention = Duration.seconds(55 * 86_400)

  static let settings = [
    Setting(
      "revision", .word(Revision.Policy.allCases.map(\.rawValue)),
      "Which schema is served; auto (default) gives each client its own, sunset refuses old ones."),
    Setting(
      "event_ids", .word(EventIDs.allCases.map(\.rawValue)),
      "Which events of a streamed create carry an event_id (default deltas)."),
    Setting(
      "answers", .word(AnswerForm.allCases.map(\.rawValue)),
      "Whether a create is answered as it asks (default), or with a stream or a whole answer "
        + "whatever it asks."),
    Setting(
      "failures", .word(FailureForm.allCases.map(\.rawValue)),
      "How a stream fails: with an event (default), with a bare line of JSON after which nobody "
        + "finds the interaction, or with the error array of Google's front end."),
    Setting(
      "retry_after", .word(RetryAfterForm.allCases.map(\.rawValue)),
      "How 'Retry-After' is spelt: in seconds (default) or as a date."),
    Setting("done", .flag, "Whether a stream ends with 'event: done' (default yes)."),
    Setting(
      "line_ends", .word(ServerSentEventWriter.LineEnd.allCases.map(\.rawValue)),
      "How the lines of a stream end (default lf)."),
    Setting("byte_order_mark", .flag, "Whether a stream begins with a BOM (default no)."),
    Setting(
      "stream_type", .text, "The content type of a stream (default text/event-stream)."),
    Setting(
      "signatures", .flag, "Whether answers begin with a signed thought (default yes)."),
    Setting(
      "background_time", .duration(.zero ... .seconds(3600)),
      "How long a background run takes, in virtual time (default 10s)."),
    Setting(
      "retention", .duration(.zero ... .seconds(366 * 86_400)),
      "How long an interaction is kept after its end (default 55 days)."),
  ]

  init(_ settings: SessionSettings) {
    if let word = settings.word("revision"), let policy = Revision.Policy(rawValue: word) {
      revision = policy
    }
    if let word = settings.word("event_ids"), let ids = EventIDs(rawValue: word) { eventIDs = ids }
    if let word = settings.word("answers"), let form = AnswerForm(rawValue: word) { answers = form }
    if let word = settings.word("failures"), let form = FailureForm(rawValue: word) {
      failures = form
    }
    if let word = settings.word("retry_after"), let form = RetryAfterForm(rawValue: word) {
      retryAfter = form
    }
    if let word = settings.word("line_ends"),
      let end = ServerSentEventWriter.LineEnd(rawValue: word)
    {
      lineEnd = end
    }
    hasDone = settings.flag("done") ?? hasDone
    hasByteOrderMark = settings.flag("byte_order_mark") ?? hasByteOrderMark
    streamType = settings.text("stream_type") ?? streamType
    hasSignatures = settings.flag("signatures") ?? hasSignatures
    backgroundTime = settings.duration("background_time") ?? backgroundTime
    retention = settings.duration("retention") ?? retention
  }
}
