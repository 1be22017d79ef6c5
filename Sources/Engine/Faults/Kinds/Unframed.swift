package import VirtualTime
import Wire

/// Nothing says how long the body is: it ends where the connection ends.
///
///     faults: [{unframed: }]
///     faults: [{disconnect: {after: 3 messages}}, {unframed: }]
///
/// HTTP/1.0, as old proxies speak it. The body is legal, and nobody can tell its end from a cut:
/// with a `disconnect` before it, clients take half an answer for the whole.
package struct Unframed: Fault {
  package static let name = "unframed"
  package static let media = [Medium.stream, .answer]
  package static let touchesHeads = true
  package static let summary =
    "Nothing says how long the body is, as in HTTP/1.0: its end looks like a cut."
  private var isBegun = false

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .head(let response):
      isBegun = true
      return [Delayed(.raw(HTTPText.unframed(response) + response.body))]
    case .response(let response):
      return [Delayed(.raw(HTTPText.unframed(response) + response.body)), Delayed(.disconnect)]
    case .piece(let payload):
      return [isBegun ? Delayed(.raw(payload.bytes)) : Delayed(.pass(item))]
    case .finish: return [isBegun ? Delayed(.disconnect) : Delayed(.pass(item))]
    case .upgrade, .message, .close: return [Delayed(.pass(item))]
    }
  }
}
