import Conversation
import JSON

/// What the user brought since the last answer was asked for.
struct UserInput: Sendable {
  /// A client that never asks for an answer must not fill the memory.
  private static let textBytesMax = 1 << 20
  private static let resultsMax = 1000

  private var text: String?
  private var speech = Duration.zero
  private var results: [ToolResult] = []
  /// What the model reads of a context the client gave.
  var tokens = TokenCount()

  mutating func add(text more: String) {
    guard (text?.utf8.count ?? 0) + more.utf8.count <= Self.textBytesMax else { return }
    text = text.map { "\($0) \(more)" } ?? more
  }

  mutating func add(speech more: Duration) { speech += more }

  mutating func add(_ result: ToolResult) {
    if results.count < Self.resultsMax { results.append(result) }
  }

  var turn: UserTurn { UserTurn(text: text, speech: speech, results: results) }
}

extension JSONValue {
  /// Text that is JSON, as the value it spells; else the text.
  var parsedText: JSONValue {
    guard let text = string else { return self }
    return (try? JSONValue(parsing: Array(text.utf8))) ?? self
  }
}
