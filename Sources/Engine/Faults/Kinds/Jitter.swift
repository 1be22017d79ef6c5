package import Conversation
package import VirtualTime

/// Everything comes later by chance, in order.
///
///     fault: {jitter: 300ms}
///
/// Wireless networks do this; a player without a buffer stutters.
package struct Jitter: Fault {
  package static let name = "jitter"
  package static let summary = "Everything comes later by chance, in order: a wireless network."
  package static let settings = [
    Setting("up_to", .duration(.zero...(.seconds(3600))), "How much later at most; 500ms.")
  ]
  package static let shorthand: String? = "up_to"
  private let most: Duration

  package init(_ values: FaultValues) { most = values.duration("up_to") ?? .milliseconds(500) }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.pass(item), after: most * dice.fraction())]
  }
}
