package import Conversation
import JSON
package import VirtualTime
import Wire

/// An error in place of the answer or of the handshake.
///
///     faults:
///     - status: 503
///     - status: {code: 429, retry_after: 30s, body: json, message: Slow down.}
///
/// What services, gateways and proxies say when they are overloaded; the body is not always JSON.
package struct Status: Fault {
  package static let name = "status"
  package static let summary = "An HTTP error in place of the answer or of the handshake."
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let settings = [
    Setting("code", .integer(200...599), "The status; 503 without it."),
    Setting(
      "body", .word(["json", "html", "text", "empty"]),
      "What the body is: the error as JSON (the default), a proxy's page, a line, or nothing."),
    Setting("message", .text, "What it says."),
    Setting(
      "retry_after", .duration(.zero...(.seconds(86_400))), "What 'Retry-After' says; else none."),
  ]
  package static let shorthand: String? = "code"
  private let response: Response

  package init(_ values: FaultValues) {
    let code = values.integer("code") ?? 503
    let message = values.text("message") ?? "The service is unavailable."
    var response: Response
    switch values.word("body") {
    case "html":
      let page = "<html><head><title>\(code)</title></head><body>\(message)</body></html>\n"
      response = Status.plain(code, "text/html", page)
    case "text": response = Status.plain(code, "text/plain", "\(message)\n")
    case "empty": response = Response(status: code)
    default:
      response = .json(
        ["error": ["code": .int(code), "message": .string(message)]], status: code)
    }
    if let time = values.duration("retry_after") {
      response.headers.append(Header("Retry-After", "\(time.components.seconds)"))
    }
    self.response = response
  }

  private static func plain(_ code: Int, _ type: String, _ text: String) -> Response {
    Response(
      status: code, headers: [Header("Content-Type", "\(type); charset=utf-8")],
      body: Array(text.utf8))
  }

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .upgrade, .head, .response: [Delayed(.pass(.response(response)))]
    case .message, .piece, .close, .finish: [Delayed(.pass(item))]
    }
  }
}
