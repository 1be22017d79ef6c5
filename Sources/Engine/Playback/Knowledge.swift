import Conversation
import JSON

/// What `${…}` can name while a scenario is played: what was captured, and what came last.
struct Knowledge: Sendable {
  /// Captured values belong to the namespace: a later connection knows them too.
  var captures = JSONObject()
  private let connectionNumber: Int
  private var turn: UserTurn?
  private var turnNumber = 0
  /// Those of the last turn that had any.
  private var results: [ToolResult] = []
  private var message: JSONValue?

  init(captures: JSONObject = JSONObject(), connection number: Int = 1) {
    self.captures = captures
    connectionNumber = number
  }

  /// Made when somebody asks: most steps name nothing.
  var values: JSONObject {
    var roots: JSONObject = ["connection": ["number": .int(connectionNumber)]]
    if let turn {
      roots["turn"] = .int(turnNumber)
      roots["user"] = Knowledge.user(turn)
    }
    if let last = results.last {
      roots["results"] = .array(results.map(Knowledge.result))
      roots["result"] = Knowledge.result(last)
    }
    if let message { roots["message"] = message }
    return JSONObject(roots.members + captures.members)
  }

  var connection: JSONValue { .int(connectionNumber) }

  /// A turn of the user, with what its calls returned.
  mutating func take(_ turn: UserTurn, number: Int) {
    self.turn = turn
    turnNumber = number
    if !turn.results.isEmpty { results = turn.results }
  }

  mutating func take(message: JSONValue) { self.message = message }

  static func user(_ turn: UserTurn) -> JSONValue {
    ["text": .optional(turn.text), "speech": .double(turn.speech / .seconds(1))]
  }

  static func result(_ result: ToolResult) -> JSONValue {
    ["id": .string(result.id), "name": .optional(result.name), "output": result.output]
  }
}
