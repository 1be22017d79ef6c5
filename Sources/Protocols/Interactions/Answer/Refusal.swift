import Conversation
import JSON
import VirtualTime
import Wire

/// Why the service does not do what it was asked, in its own words.
///
/// Interactions API reference, "Errors": `{"error":{"message","code"}}`, where the code is a word;
/// the HTTP status follows from it.
struct Refusal: Hashable, Sendable {
  var code: String
  var message: String
  /// Nil takes the status of the code.
  var status: Int?
  var retryAfter: Duration?
  /// What the person who watches the log should do about it.
  var hint: String?

  init(_ code: String, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// What a scenario asks for; where it leaves a field open the service's usual one stands.
  init(_ failure: ServiceFailure) {
    let code = failure.code ?? Self.usualCode(of: failure.status)
    self.init(code, failure.message ?? Self.usualMessage(of: code))
    status = failure.status
    retryAfter = failure.retryAfter
  }

  var json: JSONValue { ["error": error] }
  var error: JSONValue { ["message": .string(message), "code": .string(code)] }

  /// `unixTime` is now, where the client is told a date to come back, and not how many seconds.
  func response(since unixTime: Int64?) -> Response {
    var response = Response.indented(json, status: status ?? Self.status(of: code))
    if let retryAfter {
      let seconds = (retryAfter.milliseconds + 999) / 1000
      let date = unixTime.map { Timestamp(seconds: $0 + Int64(seconds)).httpDate }
      let text = date ?? String(seconds)
      response.headers.append(Header("Retry-After", text))
    }
    return response
  }

  /// The same error as the front end before the service spells it (google.rpc.Status).
  static func frontEnd(_ error: JSONValue) -> JSONValue {
    let status = status(of: error["code"]?.string ?? "")
    let name = StatusName.of(status) ?? "INVALID_ARGUMENT"
    return [
      "error": [
        "code": .int(status), "message": error["message"] ?? "", "status": .string(name),
      ]
    ]
  }

  var explanation: String { hint.map { "\(message); \($0)" } ?? message }

  static func invalid(_ message: String, hint: String? = nil) -> Refusal {
    Refusal("invalid_request", message, hint: hint)
  }

  static let notFound = Refusal("not_found", "Interaction not found.")
}

extension Refusal {
  /// Interactions API reference, "Error codes"; what it does not list is the client's mistake.
  private static let statuses: [String: Int] = [
    "authentication": 401, "payment_required": 402, "permission_denied": 403, "not_found": 404,
    "model_not_found": 404, "already_exists": 409, "aborted": 409, "out_of_range": 416,
    "rate_limit_exceeded": 429, "quota_exceeded": 429, "too_many_requests": 429,
    "cancelled": 499, "api_error": 500, "unimplemented": 501, "service_unavailable": 503,
    "deadline_exceeded": 504, "gateway_timeout": 504,
  ]

  static func status(of code: String) -> Int { statuses[code] ?? 400 }

  private static func usualCode(of status: Int?) -> String {
    switch status {
    case nil, 500: "api_error"
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
    case .some(let status): status < 500 ? "invalid_request" : "api_error"
    }
  }

  private static func usualMessage(of code: String) -> String {
    switch code {
    case "rate_limit_exceeded", "too_many_requests", "quota_exceeded":
      "Resource has been exhausted (e.g. check quota)."
    case "service_unavailable": "The model is overloaded. Please try again later."
    case "deadline_exceeded", "gateway_timeout":
      "Deadline expired before operation could complete."
    case "api_error": "An internal error has occurred. Please retry."
    case "permission_denied": "The caller does not have permission."
    case "not_found": notFound.message
    case "authentication": "API key not valid. Please pass a valid API key."
    default: "The request could not be processed: \(code)."
    }
  }
}

extension Response {
  /// Google's front end writes JSON in lines.
  static func indented(_ value: JSONValue, status: Int = 200) -> Response {
    Response(
      status: status,
      headers: [Header("Content-Type", "application/json; charset=UTF-8")], body: value.indented)
  }
}
