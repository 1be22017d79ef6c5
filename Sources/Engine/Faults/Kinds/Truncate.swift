package import VirtualTime

/// Half of a message arrives, and then the connection ends.
///
///     fault: {truncate: {after: 2 audio chunks}}
///
/// A crash of the service while it writes.
package struct Truncate: Fault {
  package static let name = "truncate"
  package static let summary =
    "Half of a message arrives, then the connection ends: a crash while writing."

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard let bytes = item.frame, bytes.count > 1 else { return [Delayed(.pass(item))] }
    return [Delayed(.raw(Array(bytes.prefix(bytes.count / 2)))), Delayed(.disconnect)]
  }
}
