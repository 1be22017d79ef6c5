package import VirtualTime
import Wire

/// What the client sends is not read any more, so that in the end it cannot send.
///
///     fault: {deaf: {after: 2 messages}}
///
/// A service that hangs; a client whose writes have no timeout hangs with it.
package struct Deaf: Fault {
  package static let name = "deaf"
  package static let media = [Medium.webSocket]
  package static let touchesHeads = true
  package static let outlastsItsStep = true
  package static let summary = "What the client sends stays unread: a service that hangs."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.shape(Shape(isDeaf: true)))]
  }
}
