package import VirtualTime

/// A masked frame, which only clients may send.
///
///     fault: {masked_frame: {after: 2 messages}}
///
/// RFC 6455, 5.1: the client must fail the connection with 1002.
package struct MaskedFrame: Fault {
  package static let name = "masked_frame"
  package static let media = [Medium.webSocket]
  package static let summary = "A masked frame, which only clients may send: RFC 6455 wants 1002."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.raw(Frame.bytes(opcode: Frame.text, [0x7B, 0x7D], isMasked: true)))]
  }
}
