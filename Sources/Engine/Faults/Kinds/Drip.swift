package import Conversation
package import VirtualTime

/// Every message arrives byte by byte.
///
///     fault: {drip: 10ms}
///
/// A proxy that flushes too often; parsers that expect whole frames or lines break.
package struct Drip: Fault {
  package static let name = "drip"
  package static let summary = "Every message arrives byte by byte: a proxy that flushes too often."
  package static let settings = [
    Setting("every", .duration(.zero...(.seconds(60))), "How long a byte takes; 1ms without it.")
  ]
  package static let shorthand: String? = "every"
  /// A message of a megabyte would take a quarter of an hour; beyond this the rest comes at once.
  private static let bytesMax = 10_000
  private let every: Duration

  package init(_ values: FaultValues) { every = values.duration("every") ?? .milliseconds(1) }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard let bytes = item.frame else { return [Delayed(.pass(item))] }
    var drops = bytes.prefix(Self.bytesMax).enumerated().map { index, byte in
      Delayed(.raw([byte]), after: every * index)
    }
    if bytes.count > Self.bytesMax {
      drops.append(
        Delayed(.raw(Array(bytes.dropFirst(Self.bytesMax))), after: every * Self.bytesMax))
    }
    return drops
  }
}
