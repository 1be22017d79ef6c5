package import VirtualTime

/// The connection ends without a close frame, or without the end of a body.
///
///     fault: {disconnect: {after: 3 audio chunks}}
///
/// WebSocket libraries report 1006, HTTP clients an incomplete body.
package struct Disconnect: Fault {
  package static let name = "disconnect"
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let summary =
    "The connection ends without a close frame or the end of its body: 1006."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.disconnect)]
  }
  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] { [] }
}
