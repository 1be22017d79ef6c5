import Wire

/// Why the service closes a session, in its own words. It never answers with an error message:
/// the close frame is all a client gets.
struct Refused: Error, Hashable {
  let code: CloseCode
  let reason: String
  /// For the log: what the client did, and what to do instead.
  let explanation: String

  static func invalidArgument(_ explanation: String) -> Refused {
    Refused(
      code: .invalidPayload, reason: "Request contains an invalid argument.",
      explanation: explanation)
  }

  static func preconditionFailed(_ explanation: String) -> Refused {
    Refused(code: .invalidPayload, reason: "Precondition check failed.", explanation: explanation)
  }

  static func unreadable(_ reason: String) -> Refused {
    Refused(
      code: .invalidPayload, reason: reason,
      explanation: "the client sent what the service does not read: \(reason)")
  }

  static let noCredential = Refused(
    code: .policyViolation,
    reason: "Method doesn't allow unregistered callers (callers without established identity). "
      + "Please use API Key or other form of API consumer identity to call this API.",
    explanation: "no API key; send the header 'x-goog-api-key: KEY' or '?key=KEY', with any KEY")

  static let mediaChunks = Refused(
    code: .invalidPayload,
    reason: "realtime_input.media_chunks is deprecated. Use audio, video, or text instead.",
    explanation: "models from 3.1 on refuse 'mediaChunks'; send 'realtimeInput.audio'")
}
