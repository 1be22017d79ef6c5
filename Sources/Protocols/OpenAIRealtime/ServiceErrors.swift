import Conversation
import Wire

/// Errors a scenario asks for, in the service's words (guide "Error codes"; recorded).
extension Refusal {
  init(_ failure: ServiceFailure) {
    let code = failure.code ?? "server_error"
    let type =
      switch code {
      case "server_error", "insufficient_quota": code
      default: "invalid_request_error"
      }
    self.init(
      code == "server_error" ? nil : code, failure.message ?? Self.message(code), type: type)
  }

  private static func message(_ code: String) -> String {
    switch code {
    case "session_expired": sessionExpired
    case "rate_limit_exceeded":
      "Rate limit reached for gpt-realtime on requests per minute (RPM): Limit 1000, Used 1000, "
        + "Requested 1. Please try again in 60ms."
    case "insufficient_quota":
      "You exceeded your current quota, please check your plan and billing details."
    case "credit_balance_exhausted": "Your credit balance is exhausted."
    case "invalid_api_key": "Incorrect API key provided: ***."
    case "server_error":
      "The server had an error while processing your request. Sorry about that!"
    default: "The request failed: \(code)."
    }
  }

  /// Realtime guide, "Session lifecycle": 60 minutes.
  static let sessionExpired = "Your session hit the maximum duration of 60 minutes."

  /// How the service closes the connection after this error; nil when the session goes on.
  var close: (code: CloseCode, reason: String)? {
    let code: CloseCode
    switch self.code {
    case "session_expired": return (.goingAway, message)
    case "invalid_api_key": code = .unauthorized
    case "missing_model", "invalid_model", "beta_api_shape_disabled": code = .badRequest
    case "model_not_found": code = CloseCode(rawValue: 4004)
    default: return nil
    }
    return (code, "\(type).\(self.code ?? "")")
  }
}
