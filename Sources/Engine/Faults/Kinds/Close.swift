package import Conversation
package import VirtualTime
import Wire

/// A close frame out of turn, a wrong one too.
///
///     fault: {close: {code: 1011, after: 2 audio chunks}}
///     fault: {close: {frame: one_byte}}
///
/// Codes that may never be sent, such as 1006, come from broken servers all the same.
package struct Close: Fault {
  package static let name = "close"
  package static let media = [Medium.webSocket]
  package static let endsConnections = true
  package static let summary = "A close frame out of turn, with any code, or malformed."
  package static let settings = [
    Setting("code", .integer(0...65_535), "The code, also one that may not be sent."),
    Setting("reason", .text, "The reason."),
    Setting(
      "frame", .word(["empty", "one_byte", "invalid_reason"]),
      "A close frame without a status, with half of one, or with a reason that is no UTF-8."),
  ]
  package static let shorthand: String? = "code"
  private let code: Int?
  private let reason: String
  private let frame: String?

  package init(_ values: FaultValues) {
    code = values.integer("code")
    reason = values.text("reason") ?? ""
    frame = values.word("frame")
  }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    switch frame {
    case "empty": return [Delayed(.pass(.close(nil, "")))]
    case "one_byte": return [raw([0x03]), Delayed(.disconnect)]
    case "invalid_reason": return [raw([0x03, 0xE8, 0xC3, 0x28]), Delayed(.disconnect)]
    default:
      let code = code.map { CloseCode(rawValue: UInt16($0)) }
      return [Delayed(.pass(.close(code, reason)))]
    }
  }

  private func raw(_ payload: [UInt8]) -> Delayed {
    Delayed(.raw(Frame.bytes(opcode: Frame.close, payload)))
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] { [] }
}
