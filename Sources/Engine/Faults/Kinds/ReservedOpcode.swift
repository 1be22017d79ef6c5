package import VirtualTime

/// A frame of a kind that does not exist.
///
///     fault: {reserved_opcode: {after: 2 messages}}
///
/// RFC 6455, 5.2: the client must fail the connection with 1002.
package struct ReservedOpcode: Fault {
  package static let name = "reserved_opcode"
  package static let media = [Medium.webSocket]
  package static let summary = "A frame of a kind that does not exist: RFC 6455 wants 1002."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.raw(Frame.bytes(opcode: 3, [])))]
  }
}
