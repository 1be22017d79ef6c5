package import VirtualTime

/// A body that is sent in pieces ends in good order before everything was said.
///
///     fault: {finish: {after: 3 messages}}
///
/// A service that gives up politely: nothing on the wire tells that the last event is missing.
package struct Finish: Fault {
  package static let name = "finish"
  package static let media = [Medium.stream]
  package static let endsConnections = true
  package static let summary =
    "A streamed body ends in good order before everything was said: only its content can tell."

  package init(_ values: FaultValues) {}

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.pass(.finish))]
  }
  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] { [] }
}
