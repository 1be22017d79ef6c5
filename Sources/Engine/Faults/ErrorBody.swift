import JSON
import Wire

/// What the body of an error is: each vendor, and each proxy in between, has a form of its own.
enum ErrorBody: String, CaseIterable {
  /// The status as a number, and a message.
  case json
  /// google.rpc.Status, as Google's front end writes it.
  case rpc
  /// The same in a list of one, as answers come that were to be a list.
  case rpcList = "rpc_list"
  /// A word for a code, as the Interactions API has it.
  case coded
  /// A proxy's page.
  case html
  /// A line.
  case text
  case empty

  func response(_ status: Int, _ message: String) -> Response {
    switch self {
    case .json: json(["error": ["code": .int(status), "message": .string(message)]], status)
    case .rpc: json(rpc(status, message), status)
    case .rpcList: json([rpc(status, message)], status)
    case .coded:
      json(["error": ["message": .string(message), "code": .string(Self.code(status))]], status)
    case .html:
      plain(
        "text/html",
        "<html><head><title>\(status)</title></head><body>\(message)</body></html>\n", status)
    case .text: plain("text/plain", "\(message)\n", status)
    case .empty: Response(status: status)
    }
  }

  private func json(_ value: JSONValue, _ status: Int) -> Response { .json(value, status: status) }

  private func plain(_ type: String, _ text: String, _ status: Int) -> Response {
    Response(
      status: status, headers: [Header("Content-Type", "\(type); charset=utf-8")],
      body: Array(text.utf8))
  }

  private func rpc(_ status: Int, _ message: String) -> JSONValue {
    [
      "error": [
        "code": .int(status), "message": .string(message),
        "status": .string(StatusName.of(status) ?? "UNKNOWN"),
      ]
    ]
  }

  /// Interactions API reference, "Error codes".
  private static func code(_ status: Int) -> String {
    switch status {
    case 401: "authentication"
    case 402: "payment_required"
    case 403: "permission_denied"
    case 404: "not_found"
    case 409: "aborted"
    case 416: "out_of_range"
    case 429: "rate_limit_exceeded"
    case 499: "cancelled"
    case 501: "unimplemented"
    case 503: "service_unavailable"
    case 504: "deadline_exceeded"
    default: status < 500 ? "invalid_request" : "api_error"
    }
  }
}
