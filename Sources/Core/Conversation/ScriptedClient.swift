package import JSON
package import Wire

/// The client's side of a protocol, for playing a scenario on paper: asked for something, it does
/// the obvious thing.
package protocol ScriptedClient: Sendable {
  /// The request that opens a connection; nil where each turn is an exchange of its own.
  mutating func open() -> Request?
  /// What the server sent: a message, the body of an answer, or an event of a stream.
  mutating func receive(_ message: JSONValue)
  /// What the client does to get on; nothing when it does not know how.
  mutating func act(_ need: ClientNeed) -> [ClientMove]
  /// Whether it goes on even where the server says nothing to what it did.
  var hasMore: Bool { get }
}

extension ScriptedClient {
  package var hasMore: Bool { false }
}

/// What a scenario waits for its client to do.
package enum ClientNeed: Hashable, Sendable {
  /// Comes first on every connection; the functions are those the model will call.
  case setUp(tools: [String])
  case turn(text: String, isSpoken: Bool)
  /// Every call that waits gets this.
  case toolResults(output: JSONValue)
  case interruption
  case message(String)
}

/// One thing a client does.
package enum ClientMove: Hashable, Sendable {
  case send(JSONValue)
  case request(Request)
}
