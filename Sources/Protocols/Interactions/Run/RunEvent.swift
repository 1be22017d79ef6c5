import JSON
import Wire

/// Something that happens in a run, before a revision of the schema gives it a form.
enum RunEvent: Hashable, Sendable {
  case created
  case status
  /// The step of this index begins.
  case start(Int)
  /// A piece of a step, with its `type`.
  case delta(Int, JSONObject)
  /// A piece of the JSON text of a function call's arguments.
  case arguments(Int, String, isFirst: Bool)
  case stop(Int)
  case completed
  case error(JSONValue)
  /// Exactly this, whatever the protocol thinks of it.
  case raw(Message)
}
