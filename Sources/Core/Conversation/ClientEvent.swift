package import JSON

/// What a client did, in words that every protocol knows.
package enum ClientEvent: Hashable, Sendable {
  /// The session is set up, so the service may speak first.
  case ready
  /// A stretch of the user's speech ended. It is answered with one `.transcribe` at once.
  case spoke(Duration)
  /// The client wants the model's answer.
  case turn(UserTurn)
  /// The client cut the answer that was under way: its rest is dropped, and no `performed` comes.
  case interrupted
}

/// What the user brought since the last answer.
package struct UserTurn: Hashable, Sendable {
  /// What was typed; nil when nothing was.
  package let text: String?
  /// How long the user spoke.
  package let speech: Duration
  /// What the client's functions returned, in the order it sent them.
  package let results: [ToolResult]

  package init(text: String? = nil, speech: Duration = .zero, results: [ToolResult] = []) {
    self.text = text
    self.speech = speech
    self.results = results
  }
}

/// What a function of the client returned.
package struct ToolResult: Hashable, Sendable {
  /// The call it answers.
  package let id: String
  /// Nil where the protocol does not repeat it and the call is unknown.
  package let name: String?
  /// As the client sent it; text that is JSON was parsed.
  package let output: JSONValue

  package init(id: String, name: String? = nil, output: JSONValue) {
    self.id = id
    self.name = name
    self.output = output
  }
}
