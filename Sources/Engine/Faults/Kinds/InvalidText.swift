package import VirtualTime

/// A text frame that is no UTF-8.
///
///     fault: {invalid_text: {after: 2 messages}}
///
/// RFC 6455, 8.1: the client must fail the connection with 1007.
package struct InvalidText: Fault {
  package static let name = "invalid_text"
  package static let summary = "A text frame that is no UTF-8: RFC 6455 wants 1007."

  package init(_ values: FaultValues) {}

  package mutating func begin(rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.raw(Frame.bytes(opcode: Frame.text, [0x7B, 0xC3, 0x28, 0x7D])))]
  }
}
