package import Conversation
package import VirtualTime

/// A thousand pings at once.
///
///     fault: {ping_flood: {count: 1000, after: 2 messages}}
///
/// Each wants a pong (RFC 6455, 5.5.2); a client that queues them without bound suffers.
package struct PingFlood: Fault {
  package static let name = "ping_flood"
  package static let media = [Medium.webSocket]
  package static let summary = "Very many pings at once, each of which wants a pong."
  package static let settings = [
    Setting("count", .integer(1...100_000), "How many; 1000 without it.")
  ]
  package static let shorthand: String? = "count"
  private let count: Int

  package init(_ values: FaultValues) { count = values.integer("count") ?? 1000 }

  package mutating func begin(on medium: Medium, rolling dice: inout Dice) -> [Delayed] {
    let ping = Frame.bytes(opcode: Frame.ping, [])
    return [Delayed(.raw(Array([[UInt8]](repeating: ping, count: count).joined())))]
  }
}
