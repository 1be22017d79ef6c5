package import VirtualTime

/// The connection is reset (TCP RST).
///
///     fault: {reset: {after: 1.2s audio}}
///
/// A crashed service, or a firewall that lost its state: ECONNRESET.
package struct Reset: Fault {
  package static let name = "reset"
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let summary =
    "The connection is reset (TCP RST): a crashed service, a forgetful firewall."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.reset)]
  }
  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] { [] }
}
