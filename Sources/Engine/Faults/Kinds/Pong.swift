package import Conversation
package import VirtualTime
import Wire

/// Pings of the client are answered late, or never.
///
///     fault: {pong: 30s}
///     fault: {pong: {after: 2 messages}}
///
/// Busy services were seen to take 8 to 30 s; a client with a short timeout hangs up for nothing.
package struct Pong: Fault {
  package static let name = "pong"
  package static let media = [Medium.webSocket]
  package static let outlastsItsStep = true
  package static let summary = "Pings of the client are answered late, or never."
  package static let settings = [
    Setting(
      "late", .duration(.zero...(.seconds(3600))), "How much later; without it, never.")
  ]
  package static let shorthand: String? = "late"
  private let late: Duration?

  package init(_ values: FaultValues) { late = values.duration("late") }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.shape(Shape(pongs: late.map { .late($0) } ?? .withheld)))]
  }
}
