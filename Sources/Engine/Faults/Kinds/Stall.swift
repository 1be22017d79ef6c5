package import Conversation
package import VirtualTime

/// Nothing more is sent, and the connection stays open.
///
///     fault: {stall: {after: 3 audio chunks}}
///     fault: {stall: {for: 20s, after: 2 messages}}
///
/// Ordered from the start, an answer over HTTP does not even begin: it hangs.
///
/// A load balancer that forgot the connection: only a timeout of the client's own can tell.
package struct Stall: Fault {
  package static let name = "stall"
  package static let touchesHeads = true
  package static let outlastsItsStep = true
  package static let summary =
    "Nothing more is sent, and the connection stays open: a timeout must tell."
  package static let settings = [
    Setting(
      "for", .duration(.zero...(.seconds(86_400))), "How long; without it, for ever.")
  ]
  package static let shorthand: String? = "for"
  private let time: Duration?
  private var hasStalled = false

  package init(_ values: FaultValues) { time = values.duration("for") }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    // A handshake that is slow, or hangs, is `slow_handshake`.
    if case .upgrade = item { return [Delayed(.pass(item))] }
    guard let time else { return [] }
    defer { hasStalled = true }
    return [Delayed(.pass(item), after: hasStalled ? .zero : time)]
  }
}
