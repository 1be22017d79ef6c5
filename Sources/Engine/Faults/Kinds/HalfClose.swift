package import VirtualTime

/// The server's side of the connection ends; it goes on reading.
///
///     fault: {half_close: {after: 2 messages}}
///
/// A client that only notices on its next write waits for ever.
package struct HalfClose: Fault {
  package static let name = "half_close"
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let summary = "The server's side ends while it goes on reading."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.halfClose)]
  }
  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] { [] }
}
