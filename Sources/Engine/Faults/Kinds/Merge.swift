package import VirtualTime
import Wire

/// Two messages are sent as one.
///
///     fault: {merge: {times: 1}}
///
/// Two JSON objects in one frame, one behind the other.
package struct Merge: Fault {
  package static let name = "merge"
  package static let media = [Medium.webSocket, .stream]
  package static let summary = "Two messages are sent as one, two JSON values behind each other."
  private var held: Message?

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard case .message(let message) = item else {
      defer { held = nil }
      return (held.map { [Delayed(.pass(.message($0)))] } ?? []) + [Delayed(.pass(item))]
    }
    guard let first = held else {
      held = message
      return []
    }
    held = nil
    let both = first.payload.bytes + message.payload.bytes
    return [Delayed(.pass(.message(Message(first.opcode, .bytes(both)))))]
  }
}
