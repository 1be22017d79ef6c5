package import Conversation
package import VirtualTime
import Wire

/// A JSON message is sent as two messages, or as many.
///
///     fault: {split: {times: 1}}
///     faults: [{split: {bytes: 1}}]
///
/// No part is JSON; a client must not take a message for a line, nor a chunk for an event.
package struct Split: Fault {
  package static let name = "split"
  package static let media = [Medium.webSocket, .stream]
  package static let summary = "A message is sent as two or more, none of them JSON."
  package static let settings = [
    Setting("bytes", .integer(1...1_000_000), "How many bytes a part has; half of them without it.")
  ]
  package static let shorthand: String? = "bytes"
  private let partBytes: Int?

  package init(_ values: FaultValues) { partBytes = values.integer("bytes") }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .message(let message):
      return parts(of: message.payload.bytes).map {
        Delayed(.pass(.message(Message(message.opcode, .bytes($0)))))
      }
    case .piece(let payload):
      return parts(of: payload.bytes).map { Delayed(.pass(.piece(Payload($0)))) }
    case .upgrade, .head, .response, .close, .finish: return [Delayed(.pass(item))]
    }
  }

  private func parts(of bytes: [UInt8]) -> [[UInt8]] {
    guard let partBytes else {
      let half = bytes.count / 2
      return [Array(bytes[..<half]), Array(bytes[half...])]
    }
    return stride(from: 0, to: bytes.count, by: partBytes).map {
      Array(bytes[$0..<min($0 + partBytes, bytes.count)])
    }
  }
}
