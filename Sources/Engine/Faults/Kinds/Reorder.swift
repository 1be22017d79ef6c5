package import VirtualTime

/// Two messages change places.
///
///     fault: {reorder: {times: 1, after: 2 audio chunks}}
///
/// The last message of a turn waits for the first one of the next.
///
/// Services with several workers do this; sequence numbers and ids tell, positions do not.
package struct Reorder: Fault {
  package static let name = "reorder"
  package static let media = [Medium.webSocket, .stream]
  package static let summary = "Each message changes places with the next, as with several workers."
  private var held: Passing?

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    if let held {
      self.held = nil
      return [Delayed(.pass(item)), Delayed(.pass(held))]
    }
    // The end of a conversation has nothing behind it.
    switch item {
    case .message, .piece:
      held = item
      return []
    case .upgrade, .head, .response, .close, .finish: return [Delayed(.pass(item))]
    }
  }
}
