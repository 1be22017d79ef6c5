import Conversation
import Wire

/// What a scenario decides about this protocol, under `interactions:`.
struct Options: Hashable, Sendable {
  enum EventIDs: String, CaseIterable, Sendable {
    case all
    case deltas
    case none
  }

  var revision = Revision.Policy.auto
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
