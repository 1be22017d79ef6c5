package import JSON

/// Watches the messages a server sends on one connection: whether each may come there, and is as
/// the protocol wants it. It knows nothing of who sends them, so it finds out who is wrong.
package protocol Auditor: Sendable {
  /// What is wrong with the message, if anything.
  mutating func complaint(about message: JSONValue) -> String?
}
