import Conversation
import Wire

/// Why the service closes a session, in its own words. It never answers with an error message:
/// the close frame is all a client gets.
struct Refused: Error, Hashable {
  let code: CloseCode
  let reason: String
  /// For the log: what the client did, and what to do instead.
  let explanation: String

  init(_ code: CloseCode, _ reason: String, explanation: String) {
    self.code = code
    self.reason = reason
    self.explanation = explanation.cutToLogLine
  }

  /// What `row` says, because of `explanation`.
  init(_ row: CloseRow, explanation: String) {
    self.init(row.code, row.reason, explanation: explanation)
  }

  static func invalidArgument(_ explanation: String) -> Refused {
    Refused(.invalidArgument, explanation: explanation)
  }

  static func preconditionFailed(_ explanation: String) -> Refused {
    Refused(.failedPrecondition, explanation: explanation)
  }

  static func unreadable(_ reason: String) -> Refused {
    Refused(
      .invalidPayload, reason,
      explanation: "the client sent what the service does not read: \(reason)")
  }

  static let noCredential = Refused(
    .unauthenticated,
    explanation: "no API key; send the header 'x-goog-api-key: KEY' or '?key=KEY', with any KEY")

  static let mediaChunks = Refused(
    .mediaChunks,
    explanation: "models from 3.1 on refuse 'mediaChunks'; send 'realtimeInput.audio'")
}

/// What the service refuses, a lenient scenario lets pass with a warning.
struct Scrutiny: Sendable {
  let isStrict: Bool
  private(set) var warnings: [String] = []

  init(isStrict: Bool) { self.isStrict = isStrict }

  /// True when `isRight`; when not, and the scenario is lenient, false and a warning.
  @discardableResult
  mutating func require(_ isRight: Bool, or refused: @autoclosure () -> Refused) throws(Refused)
    -> Bool
  {
    if isRight { return true }
    let refused = refused()
    if isStrict { throw refused }
    warn("let pass, though the service refuses it: \(refused.explanation)")
    return false
  }

  mutating func warn(_ text: String) { warnings.append(text.cutToLogLine) }

  mutating func drain() -> [String] {
    defer { warnings = [] }
    return warnings
  }
}

extension String {
  /// As much as a close frame can hold (RFC 6455, 5.5).
  var cutToCloseReason: String { cut(toBytes: CloseCode.reasonBytesMax) }

  /// A client may write a megabyte where a name belongs; nobody reads that in a log.
  var cutToLogLine: String {
    let beginning = cut(toBytes: Self.logLineBytesMax)
    return beginning.utf8.count < utf8.count ? beginning + "…" : self
  }

  /// The longest line of this module's own is half as long.
  private static let logLineBytesMax = 1000

  /// The longest beginning of whole characters.
  private func cut(toBytes bytesMax: Int) -> String {
    if utf8.count <= bytesMax { return self }
    var count = 0
    return String(
      prefix { character in
        count += character.utf8.count
        return count <= bytesMax
      })
  }
}
