package import Conversation
package import VirtualTime
import Wire

/// The handshake names no subprotocol, or one that was never offered.
///
///     faults:
///     - subprotocol:
///     - subprotocol: chat
///
/// RFC 6455, 4.1, has the client fail the connection for a wrong one; browsers, whose clients show
/// their key as a subprotocol, fail it for a missing one too.
package struct Subprotocol: Fault {
  package static let name = "subprotocol"
  package static let media = [Medium.webSocket]
  package static let touchesHeads = true
  package static let summary = "The handshake names no subprotocol, or a wrong one."
  package static let settings = [
    Setting("name", .text, "Which one; none without it.")
  ]
  package static let shorthand: String? = "name"
  private let answer: String?

  package init(_ values: FaultValues) { answer = values.text("name") }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard case .upgrade = item else { return [Delayed(.pass(item))] }
    return [Delayed(.pass(.upgrade(subprotocol: answer)))]
  }
}
