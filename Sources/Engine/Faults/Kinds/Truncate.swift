package import VirtualTime

/// Half of a message arrives, and then the connection ends: half a frame, a chunk or a body.
///
///     fault: {truncate: {after: 2 audio chunks}}
///
/// A crash of the service while it writes.
package struct Truncate: Fault {
  package static let name = "truncate"
  package static let endsConnections = true
  package static let summary =
    "Half of a message arrives, then the connection ends: a crash while writing."

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard let half = item.half, !half.isEmpty else { return [Delayed(.pass(item))] }
    return [Delayed(.raw(half)), Delayed(.disconnect)]
  }
}
