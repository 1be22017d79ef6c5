package import VirtualTime
import Wire

/// A JSON message is sent as two messages.
///
///     fault: {split: {times: 1}}
///
/// Neither half is JSON; a client must not take a message for a line.
package struct Split: Fault {
  package static let name = "split"
  package static let media = [Medium.webSocket, .stream]
  package static let summary = "A message is sent as two, neither of them JSON."

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .message(let message):
      let bytes = message.payload.bytes
      let half = bytes.count / 2
      return [bytes[..<half], bytes[half...]].map {
        Delayed(.pass(.message(Message(message.opcode, .bytes(Array($0))))))
      }
    case .piece(let payload):
      let bytes = payload.bytes
      let half = bytes.count / 2
      return [bytes[..<half], bytes[half...]].map { Delayed(.pass(.piece(Payload(Array($0))))) }
    case .upgrade, .head, .response, .close, .finish: return [Delayed(.pass(item))]
    }
  }
}
