import Conversation
import JSON

/// What `${…}` can name while a scenario is played: what was captured, and what came last.
struct Knowledge: Sendable {
  /// Captured values belong to the namespace: a later connection knows them too.
  var captures = JSONObject()
  private var roots = JSONObject()

  init(captures: JSONObject = JSONObject(), connection number: Int = 1) {
    self.captures = captures
    roots["connection"] = ["number": .int(number)]
  }

  var values: JSONObject { JSONObject(roots.members + captures.members) }

  var connection: JSONValue { roots["connection"]?["number"] ?? .null }

  /// A turn of the user, with what its calls returned.
  mutating func take(_ turn: UserTurn, number: Int) {
    roots["turn"] = .int(number)
    roots["user"] = Knowledge.user(turn)
    let results = turn.results.map(Knowledge.result)
    guard !results.isEmpty else { return }
    roots["results"] = .array(results)
    roots["result"] = results[results.count - 1]
  }

  mutating func take(message: JSONValue) { roots["message"] = message }

  static func user(_ turn: UserTurn) -> JSONValue {
    ["text": .optional(turn.text), "speech": .double(turn.speech / .seconds(1))]
  }

  static func result(_ result: ToolResult) -> JSONValue {
    ["id": .string(result.id), "name": .optional(result.name), "output": result.output]
  }
}
