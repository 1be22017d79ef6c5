package import Conversation
package import VirtualTime
import Wire

/// A message comes in fragments, which RFC 6455, 5.4, allows.
///
///     fault: {fragment: {pieces: 5, ping: true}}
///
/// A ping may stand between two fragments; hand-made parsers break on it.
package struct Fragment: Fault {
  package static let name = "fragment"
  package static let media = [Medium.webSocket]
  package static let summary = "A message comes in WebSocket fragments, as RFC 6455 allows."
  package static let settings = [
    Setting("pieces", .integer(2...1000), "How many; 3 without it."),
    Setting("ping", .flag, "Whether a ping stands between two of them; false."),
  ]
  package static let shorthand: String? = "pieces"
  private let pieces: Int
  private let hasPing: Bool

  package init(_ values: FaultValues) {
    pieces = values.integer("pieces") ?? 3
    hasPing = values.flag("ping") ?? false
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard case .message(let message) = item else { return [Delayed(.pass(item))] }
    let bytes = message.payload.bytes
    let size = max(1, (bytes.count + pieces - 1) / pieces)
    var wire: [UInt8] = []
    for start in stride(from: 0, to: max(1, bytes.count), by: size) {
      let end = min(bytes.count, start + size)
      if hasPing, start > 0 { wire += Frame.bytes(opcode: Frame.ping, []) }
      wire += Frame.bytes(
        opcode: start == 0 ? message.opcode.code : Frame.continuation, Array(bytes[start..<end]),
        isFinal: end == bytes.count)
    }
    return [Delayed(.raw(wire))]
  }
}
