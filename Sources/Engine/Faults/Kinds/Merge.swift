package import VirtualTime
import Wire

/// Two messages are sent as one.
///
///     fault: {merge: {times: 1}}
///
/// Two JSON objects in one frame, one behind the other; two events in one chunk.
package struct Merge: Fault {
  package static let name = "merge"
  package static let media = [Medium.webSocket, .stream]
  package static let summary = "Two messages are sent as one, two JSON values behind each other."
  private var held: Passing?

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    let first = held
    held = nil
    switch (first, item) {
    case (.message(let first)?, .message(let second)):
      let both = first.payload.bytes + second.payload.bytes
      return [Delayed(.pass(.message(Message(first.opcode, .bytes(both)))))]
    case (.piece(let first)?, .piece(let second)):
      return [Delayed(.pass(.piece(Payload(pieces: first.pieces + second.pieces))))]
    case (let first?, _): return [Delayed(.pass(first)), Delayed(.pass(item))]
    case (nil, .message), (nil, .piece):
      held = item
      return []
    case (nil, _): return [Delayed(.pass(item))]
    }
  }
}
