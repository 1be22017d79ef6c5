package import Conversation
package import VirtualTime
import Wire

/// The client is sent elsewhere, in place of the answer or of the handshake.
///
///     faults:
///     - redirect: {to: "https://localhost:1/elsewhere", status: 307}
///
/// A captive portal, or a service that moved: RFC 6455, 4.1, leaves it to the client of a WebSocket
/// whether it follows.
package struct Redirect: Fault {
  package static let name = "redirect"
  package static let summary = "The client is sent elsewhere: a captive portal."
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let replacesAnswers = true
  package static let settings = [
    Setting("to", .text, "Where to; '/elsewhere' without it."),
    Setting("status", .integer(300...399), "The status; 307 without it."),
  ]
  package static let shorthand: String? = "to"
  private let response: Response

  package init(_ values: FaultValues) {
    response = Response(
      status: values.integer("status") ?? 307,
      headers: [Header("Location", values.text("to") ?? "/elsewhere")])
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .upgrade, .head, .response: [Delayed(.pass(.response(response)))]
    case .message, .piece, .close, .finish: [Delayed(.pass(item))]
    }
  }
}
