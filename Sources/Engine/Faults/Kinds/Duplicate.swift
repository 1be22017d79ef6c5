package import Conversation
package import VirtualTime

/// Messages come twice.
///
///     fault: {duplicate: {on: response.output_audio.delta, times: 1}}
///
/// A retry in between; whoever appends deltas without looking says words twice.
package struct Duplicate: Fault {
  package static let name = "duplicate"
  package static let media = [Medium.webSocket, .stream]
  package static let summary = "Messages come twice, as after a retry in between."
  package static let settings = [
    Setting("count", .integer(2...100), "How often each comes; 2 without it.")
  ]
  package static let shorthand: String? = "count"
  private let count: Int

  package init(_ values: FaultValues) { count = values.integer("count") ?? 2 }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    [Delayed](repeating: Delayed(.pass(item)), count: count)
  }
}
