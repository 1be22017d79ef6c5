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

  package mutating func begin(rolling dice: inout Dice) -> [Delayed] {
    let fill = [UInt8](repeating: UInt8(ascii: " "), count: max(0, count - 2))
    return [
      Delayed(
        .pass(.message(Message(.text, .bytes([UInt8(ascii: "{")] + fill + [UInt8(ascii: "}")])))))
    ]
  }
}
