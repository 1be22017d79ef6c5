package import Conversation
package import VirtualTime
import Wire

/// The connection carries only so many bytes per second.
///
///     fault: {throttle: 8000}
///
/// A poor network; audio that should flow arrives slower than it plays.
package struct Throttle: Fault {
  package static let name = "throttle"
  package static let touchesHeads = true
  package static let outlastsItsStep = true
  package static let summary =
    "The connection carries only so many bytes per second: a poor network."
  package static let settings = [
    Setting("bytes_per_second", .integer(1...1_000_000_000), "How many; 8000 without it.")
  ]
  package static let shorthand: String? = "bytes_per_second"
  private let rate: Int

  package init(_ values: FaultValues) { rate = values.integer("bytes_per_second") ?? 8000 }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.shape(Shape(bytesPerSecond: rate)))]
  }
}
