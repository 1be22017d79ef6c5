package import Conversation
package import VirtualTime
import Wire

/// A message that is larger than clients take.
///
///     fault: {oversized: {bytes: 8388608, after: 2 messages}}
///
/// The `websockets` package ends at 1 MiB, others at 4 or 16; real services stay below.
package struct Oversized: Fault {
  package static let name = "oversized"
  package static let summary =
    "A message larger than clients take, such as the 1 MiB of `websockets`."
  package static let settings = [
    Setting("bytes", .integer(1...67_108_864), "How large; 2 MiB without it.")
  ]
  package static let shorthand: String? = "bytes"
  private let count: Int

  package init(_ values: FaultValues) { count = values.integer("bytes") ?? 2 << 20 }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    let fill = [UInt8](repeating: UInt8(ascii: " "), count: max(0, count - 2))
    let value = [UInt8(ascii: "{")] + fill + [UInt8(ascii: "}")]
    switch medium {
    case .webSocket: return [Delayed(.pass(.message(Message(.text, .bytes(value)))))]
    case .stream:
      let event = Payload(pieces: [Array("data: ".utf8), value, Array("\n\n".utf8)])
      return [Delayed(.pass(.piece(event)))]
    case .answer: return []
    }
  }

  /// A body grows by blanks, which JSON allows.
  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard case .response(var response) = item else { return [Delayed(.pass(item))] }
    let missing = max(0, count - response.body.count)
    response.body += [UInt8](repeating: UInt8(ascii: " "), count: missing)
    return [Delayed(.pass(.response(response)))]
  }
}
