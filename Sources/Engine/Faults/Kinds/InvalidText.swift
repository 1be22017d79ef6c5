package import VirtualTime
import Wire

/// A text frame, an event or a body that is no UTF-8.
///
///     fault: {invalid_text: {after: 2 messages}}
///
/// RFC 6455, 8.1: the client must fail the connection with 1007.
package struct InvalidText: Fault {
  package static let name = "invalid_text"
  package static let summary = "Text that is no UTF-8: RFC 6455 wants 1007."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    switch medium {
    case .webSocket: [Delayed(.raw(Frame.bytes(opcode: Frame.text, Self.wrong)))]
    case .stream:
      [Delayed(.pass(.piece(Payload(Array("data: ".utf8) + Self.wrong + Array("\n\n".utf8)))))]
    case .answer: []
    }
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard case .response(var response) = item else { return [Delayed(.pass(item))] }
    response.body = Self.wrong + response.body
    return [Delayed(.pass(.response(response)))]
  }

  /// `{`, half of a character, `(` and `}`.
  private static let wrong: [UInt8] = [0x7B, 0xC3, 0x28, 0x7D]
}
