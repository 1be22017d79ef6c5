package import Conversation
package import VirtualTime
import Wire

/// Everything arrives byte by byte.
///
///     fault: {drip: 1000}
///
/// A proxy that flushes too often; parsers that expect whole frames or lines break. Above a
/// thousand pieces a second, those of one millisecond travel together.
package struct Drip: Fault {
  package static let name = "drip"
  package static let touchesHeads = true
  package static let outlastsItsStep = true
  package static let summary = "Everything arrives byte by byte: a proxy that flushes too often."
  package static let settings = [
    Setting("bytes_per_second", .integer(1...1_000_000), "How many bytes; 1000 without it."),
    Setting("piece", .integer(1...65_536), "How many of them at once; 1 without it."),
  ]
  package static let shorthand: String? = "bytes_per_second"
  private let rate: Int
  private let piece: Int

  package init(_ values: FaultValues) {
    rate = values.integer("bytes_per_second") ?? 1000
    piece = values.integer("piece") ?? 1
  }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.shape(Shape(bytesPerSecond: rate, pieceBytes: piece)))]
  }
}
