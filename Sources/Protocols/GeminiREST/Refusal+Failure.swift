import Conversation
import JSON
import VirtualTime
import Wire

extension Refusal {
  /// What a scenario wants to go wrong, in the words of google.rpc.
  init(_ failure: ServiceFailure) {
    let named = failure.code.flatMap { RPCStatus(rawValue: $0.uppercased()) }
    let status = named ?? .standing(for: failure.status ?? 500)
    var details: [JSONValue] = []
    if let delay = failure.retryAfter { details.append(Self.retryInfo(delay)) }
    self.init(
      httpStatus: failure.status ?? status.httpStatus,
      status: named?.rawValue ?? failure.code ?? status.rawValue,
      message: failure.message ?? Self.usualMessage(status), details: details)
  }

  /// google/rpc/error_details.proto, "RetryInfo".
  static func retryInfo(_ delay: Duration) -> JSONValue {
    [
      "@type": "type.googleapis.com/google.rpc.RetryInfo",
      "retryDelay": .string("\(Double(delay.milliseconds) / 1000)s".replacing(".0s", with: "s")),
    ]
  }

  private static func usualMessage(_ status: RPCStatus) -> String {
    switch status {
    case .resourceExhausted:
      "You exceeded your current quota, please check your plan and billing "
        + "details."
    case .unavailable: "The model is overloaded. Please try again later."
    case .deadlineExceeded: "Deadline expired before operation could complete."
    case .invalidArgument: "Request contains an invalid argument."
    case .permissionDenied: "The caller does not have permission"
    case .unauthenticated: "Request had invalid authentication credentials."
    case .cancelled: "The operation was cancelled."
    case .internalError:
      "An internal error has occurred. Please retry or report in "
        + "https://developers.generativeai.google/guide/troubleshooting"
    case .unknown, .notFound, .alreadyExists, .failedPrecondition, .aborted, .outOfRange,
      .unimplemented, .dataLoss:
      "Request failed: \(status.rawValue)."
    }
  }

  /// The refusal as an answer.
  func response(
    to request: Request, _ style: AnswerStyle, retryAfter: Duration? = nil, at now: Instant,
    since opened: Instant
  ) -> Response {
    var headers = AnswerStyle.headers(
      contentType: "application/json; charset=UTF-8",
      milliseconds: (now - opened).milliseconds, for: request)
    if let retryAfter {
      // RFC 9110, 10.2.3: whole seconds.
      headers.append(Header("Retry-After", String((retryAfter.milliseconds + 999) / 1000)))
    }
    return Response(status: httpStatus, headers: headers, body: style.body(body, as: nil))
  }
}

extension Response {
  /// A message of this API as an answer.
  static func gemini(
    _ message: JSONValue, as name: String?, _ style: AnswerStyle, to request: Request
  ) -> Response {
    Response(
      status: 200,
      headers: AnswerStyle.headers(
        contentType: "application/json; charset=UTF-8", milliseconds: 0, for: request),
      body: style.body(message, as: name))
  }
}
