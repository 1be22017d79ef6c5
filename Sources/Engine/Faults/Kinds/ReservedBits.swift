package import VirtualTime

/// A frame with a reserved bit that no extension explains.
///
///     fault: {reserved_bits: {after: 2 messages}}
///
/// RFC 6455, 5.2: the client must fail the connection with 1002.
package struct ReservedBits: Fault {
  package static let name = "reserved_bits"
  package static let media = [Medium.webSocket]
  package static let summary = "A frame with a reserved bit set: RFC 6455 wants 1002."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.raw(Frame.bytes(opcode: Frame.text, [0x7B, 0x7D], reserved: 4)))]
  }
}
