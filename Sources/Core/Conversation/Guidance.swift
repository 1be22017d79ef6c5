/// What to tell a client that is lost: where the protocol is reached, and what the vendor's
/// documentation asks for where a scenario waits.
package struct Guidance: Sendable {
  /// Such as `GET /v1/realtime`, with `{name}` for a part that varies.
  package let endpoints: [String]
  /// By what a scenario awaits (`user`, `tool_result`, `reconnect`, `interruption`): the message
  /// that the client must send, and where its documentation says so.
  package let awaits: [String: String]

  package init(endpoints: [String] = [], awaits: [String: String] = [:]) {
    self.endpoints = endpoints
    self.awaits = awaits
  }
}
