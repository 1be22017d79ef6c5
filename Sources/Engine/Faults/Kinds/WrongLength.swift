package import Conversation
package import VirtualTime
import Wire

/// The body is longer or shorter than its `Content-Length` says.
///
///     faults:
///     - wrong_length: {by: 10}
///
/// A proxy that compresses, or a service that counts characters for bytes. A length that is too
/// great leaves the client waiting until the connection ends; one that is too small cuts the body.
package struct WrongLength: Fault {
  package static let name = "wrong_length"
  package static let media = [Medium.answer]
  package static let endsConnections = true
  package static let summary = "The body is not as long as its Content-Length says."
  package static let settings = [
    Setting(
      "by", .integer(-1_000_000...1_000_000),
      "How many bytes too many it claims, or too few where negative; 10 without it.")
  ]
  package static let shorthand: String? = "by"
  private let difference: Int

  package init(_ values: FaultValues) { difference = values.integer("by") ?? 10 }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard case .response(let response) = item else { return [Delayed(.pass(item))] }
    let claim = max(0, response.body.count + difference)
    return [
      Delayed(.raw(HTTPText.answer(response, claiming: claim) + response.body)),
      Delayed(.disconnect),
    ]
  }
}
