package import Conversation
package import VirtualTime
import Wire

/// The answer to the handshake comes late, or never.
///
///     faults:
///     - slow_handshake: 8s
///     - slow_handshake:
///
/// A cold start. Clients have a timeout for it, often one that nobody chose: 10 s in `websockets`.
package struct SlowHandshake: Fault {
  package static let name = "slow_handshake"
  package static let media = [Medium.webSocket]
  package static let touchesHeads = true
  package static let outlastsItsStep = true
  package static let summary = "The answer to the handshake comes late, or never: a cold start."
  package static let settings = [
    Setting("late", .duration(.zero...(.seconds(3600))), "How late; without it, never.")
  ]
  package static let shorthand: String? = "late"
  private let late: Duration?

  package init(_ values: FaultValues) { late = values.duration("late") }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    let end = late.map { Delayed(.shape(Shape()), after: $0, keepsOrder: false) }
    return [Delayed(.shape(.stalled))] + (end.map { [$0] } ?? [])
  }
}
