package import Conversation
import JSON
package import VirtualTime
import Wire

/// An error in place of the answer or of the handshake.
///
///     faults:
///     - status: 503
///     - status: {code: 429, retry_after: 30s, body: json, message: Slow down.}
///     - status: {code: 503, body: rpc, retry_after_ms: 20, should_retry: true}
///
/// What services, gateways and proxies say when they are overloaded; the body is not always JSON.
package struct Status: Fault {
  package static let name = "status"
  package static let summary = "An HTTP error in place of the answer or of the handshake."
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let replacesAnswers = true
  package static let settings = [
    Setting("code", .integer(200...599), "The status; 503 without it."),
    Setting(
      "body", .word(ErrorBody.allCases.map(\.rawValue)),
      "What the body is: the error as JSON (the default), as google.rpc.Status alone or in a list, "
        + "with a word for its code, a proxy's page, a line, or nothing."),
    Setting("message", .text, "What it says."),
    Setting(
      "retry_after", .duration(.zero...(.seconds(86_400))), "What 'Retry-After' says; else none."),
    Setting(
      "retry_after_ms", .integer(0...86_400_000), "What 'retry-after-ms' says; else none."),
    Setting("should_retry", .flag, "What 'x-should-retry' says; else none."),
  ]
  package static let shorthand: String? = "code"
  private let response: Response

  package init(_ values: FaultValues) {
    let body = values.word("body").flatMap(ErrorBody.init(rawValue:)) ?? .json
    var response = body.response(
      values.integer("code") ?? 503, values.text("message") ?? "The service is unavailable.")
    if let time = values.duration("retry_after") {
      response.headers.append(Header("Retry-After", "\(time.components.seconds)"))
    }
    if let time = values.integer("retry_after_ms") {
      response.headers.append(Header("retry-after-ms", "\(time)"))
    }
    if let flag = values.flag("should_retry") {
      response.headers.append(Header("x-should-retry", "\(flag)"))
    }
    self.response = response
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .upgrade, .head, .response: [Delayed(.pass(.response(response)))]
    case .message, .piece, .close, .finish: [Delayed(.pass(item))]
    }
  }
}
