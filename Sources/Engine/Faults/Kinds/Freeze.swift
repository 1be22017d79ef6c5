package import VirtualTime
import Wire

/// The wire itself goes silent: nothing comes any more, pongs and the ends of TCP and TLS included.
///
///     fault: {freeze: {after: 3 audio chunks}}
///
/// A cable that was pulled. `stall` is gentler: there the connection lives, and answers pings.
package struct Freeze: Fault {
  package static let name = "freeze"
  package static let touchesHeads = true
  package static let outlastsItsStep = true
  package static let summary = "Nothing comes any more, pongs included: a cable that was pulled."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.shape(.stalled))]
  }
}
