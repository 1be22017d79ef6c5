package import Conversation
package import VirtualTime

/// Everything comes later, in order.
///
///     fault: {delay: 200ms}
///
/// A long way to the service, or a full buffer in between.
package struct Delay: Fault {
  package static let name = "delay"
  package static let summary = "Everything comes later, in order: a long way to the service."
  package static let settings = [
    Setting("by", .duration(.zero...(.seconds(3600))), "How much later; 1s without it.")
  ]
  package static let shorthand: String? = "by"
  private let by: Duration

  package init(_ values: FaultValues) { by = values.duration("by") ?? .seconds(1) }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.pass(item), after: by)]
  }
}
