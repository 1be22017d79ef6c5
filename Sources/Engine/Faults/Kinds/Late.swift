package import Conversation
package import VirtualTime

/// A message comes late, and what was behind it comes first.
///
///     fault: {late: {by: 5s, on: response.output_audio.delta, times: 1}}
///
/// Audio that arrives after its turn has ended; a client must not play it into the next one.
package struct Late: Fault {
  package static let name = "late"
  package static let media = [Medium.webSocket, .stream]
  package static let summary =
    "A message comes after those behind it, even after its turn has ended."
  package static let settings = [
    Setting("by", .duration(.zero...(.seconds(3600))), "How much later; 1s without it.")
  ]
  package static let shorthand: String? = "by"
  private let by: Duration

  package init(_ values: FaultValues) { by = values.duration("by") ?? .seconds(1) }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    [Delayed(.pass(item), after: by, keepsOrder: false)]
  }
}
