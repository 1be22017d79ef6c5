import Conversation
import Wire

/// One way the service ends a session: the close code, and the reason word for word.
struct CloseRow: Hashable, Sendable {
  /// What a scenario calls it in `fail`, after the names of google.rpc.Code where there is one.
  let name: String
  let code: CloseCode
  let reason: String

  private init(_ name: String, _ code: CloseCode, _ reason: String) {
    self.name = name
    self.code = code
    self.reason = reason
  }

  // All reasons were observed at the service, which cuts them at 123 bytes.
  static let keyInvalid = CloseRow(
    "API_KEY_INVALID", .invalidPayload, "API key not valid. Please pass a valid API key.")
  static let keyExpired = CloseRow(
    "API_KEY_EXPIRED", .invalidPayload, "API key expired. Please renew the API key.")
  static let unauthenticated = CloseRow(
    "UNAUTHENTICATED", .policyViolation,
    "Method doesn't allow unregistered callers (callers without established identity). "
      + "Please use API Key or other form of API consumer identity to call this API.")
  static let notFound = CloseRow(
    "NOT_FOUND", .policyViolation,
    "models/unknown is not found for API version v1beta, or is not supported for "
      + "bidiGenerateContent. Call ModelService.ListModels to see the list of available models.")
  static let invalidArgument = CloseRow(
    "INVALID_ARGUMENT", .invalidPayload, "Request contains an invalid argument.")
  static let mediaChunks = CloseRow(
    "MEDIA_CHUNKS", .invalidPayload,
    "realtime_input.media_chunks is deprecated. Use audio, video, or text instead.")
  static let noVoice = CloseRow(
    "NO_VOICE", .invalidPayload, "Cannot extract voices from a non-audio request.")
  static let modalities = CloseRow(
    "MODALITIES", .invalidPayload,
    "The requested combination of response modalities (TEXT) is not supported by the model")
  static let failedPrecondition = CloseRow(
    "FAILED_PRECONDITION", .invalidPayload, "Precondition check failed.")
  static let location = CloseRow(
    "LOCATION", .invalidPayload, "User location is not supported for the API use.")
  static let unimplemented = CloseRow(
    "UNIMPLEMENTED", .policyViolation,
    "Operation is not implemented, or supported, or enabled.")
  static let aborted = CloseRow("ABORTED", .policyViolation, "The operation was aborted.")
  static let quota = CloseRow(
    "QUOTA", .internalError,
    "You exceeded your current quota, please check your plan and billing details.")
  static let resourceExhausted = CloseRow(
    "RESOURCE_EXHAUSTED", .internalError, "Resource has been exhausted (e.g. check quota).")
  static let `internal` = CloseRow("INTERNAL", .internalError, "Internal error encountered.")
  static let unknown = CloseRow("UNKNOWN", .internalError, "Internal error occurred.")
  static let unavailable = CloseRow(
    "UNAVAILABLE", .internalError, "The service is currently unavailable.")
  static let cancelled = CloseRow("CANCELLED", .internalError, "Thread was cancelled")
  static let deadlineExceeded = CloseRow(
    "DEADLINE_EXCEEDED", .internalError, "Deadline expired before operation could complete.")
  static let goAwayIgnored = CloseRow(
    "GO_AWAY", .policyViolation,
    "Connection aborted because the client failed to close the connection after receiving a "
      + "GoAway signal once the session duration was exceeded.")
  static let tokenUsed = CloseRow(
    "TOKEN_USED", .internalError, "Token has been used too many times")
  static let tokenExpiring = CloseRow(
    "TOKEN_EXPIRING", .internalError, "auth token has expired")
  static let tokenExpired = CloseRow("TOKEN_EXPIRED", .internalError, "Token has expired")
  static let sessionNotFound = CloseRow(
    "SESSION_NOT_FOUND", .policyViolation, "BidiGenerateContent session not found")
  static let handleExpired = CloseRow(
    "HANDLE_EXPIRED", .policyViolation, "Requested entity was not found.")
  static let handleInvalid = CloseRow(
    "HANDLE_INVALID", .invalidPayload, "Invalid session handle")

  static let all = [
    keyInvalid, keyExpired, unauthenticated, notFound, invalidArgument, mediaChunks, noVoice,
    modalities, failedPrecondition, location, unimplemented, aborted, quota, resourceExhausted,
    `internal`, unknown, unavailable, cancelled, deadlineExceeded, goAwayIgnored, tokenUsed,
    tokenExpiring, tokenExpired, sessionNotFound, handleExpired, handleInvalid,
  ]

  /// The row a scenario names, in any case.
  static func named(_ name: String) -> CloseRow? {
    let word = name.uppercased()
    return all.first { $0.name == word }
  }
}

extension Refused {
  /// The close that a failure of the scenario asks for: a row of the table, or a close code.
  init(_ failure: ServiceFailure) {
    let name = failure.code ?? CloseRow.internal.name
    let explanation = "the scenario lets the service fail with \(name)"
    if let row = CloseRow.named(name) {
      self.init(row.code, failure.message ?? row.reason, explanation: explanation)
    } else if let code = UInt16(name).flatMap(Self.sendable) {
      self.init(code, failure.message ?? Self.reason(of: code), explanation: explanation)
    } else {
      let names = CloseRow.all.map(\.name).joined(separator: ", ")
      self.init(
        CloseRow.internal.code, failure.message ?? CloseRow.internal.reason,
        explanation: "\(explanation), which is neither a close code nor one of \(names)")
    }
  }

  /// RFC 6455, 7.4.1: some codes never stand in a frame.
  private static func sendable(_ code: UInt16) -> CloseCode? {
    let isSendable = (1000...4999).contains(code) && ![1004, 1005, 1006, 1015].contains(code)
    return isSendable ? CloseCode(rawValue: code) : nil
  }

  /// The words that come with a code most often.
  private static func reason(of code: CloseCode) -> String {
    switch code {
    case .invalidPayload: CloseRow.invalidArgument.reason
    case .policyViolation: CloseRow.aborted.reason
    case .internalError: CloseRow.internal.reason
    default: ""
    }
  }
}
