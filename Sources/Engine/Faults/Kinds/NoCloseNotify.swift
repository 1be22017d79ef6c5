package import VirtualTime

/// The connection ends without TLS's close_notify.
///
///     fault: {no_close_notify: {after: 2 messages}}
///
/// RFC 8446, 6.1: the client cannot tell it from a truncation attack.
package struct NoCloseNotify: Fault {
  package static let name = "no_close_notify"
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let summary =
    "The connection ends without TLS's close_notify, as in a truncation attack."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.abort)]
  }
  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] { [] }
}
