package import VirtualTime

/// Messages are lost.
///
///     fault: {drop: {on: response.done}}
///     fault: {drop: {probability: 0.1}}
///
/// TCP loses none; services and proxies do when they restart.
package struct Drop: Fault {
  package static let name = "drop"
  package static let media = [Medium.webSocket, .stream]
  package static let summary = "Messages are lost, as when a proxy restarts."

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] { [] }
}
