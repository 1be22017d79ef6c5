import Conversation
import Wire

/// What a scenario decides about this protocol, under `gemini-live`.
struct LiveOptions: Hashable, Sendable {
  let settings: SessionSettings

  init(_ settings: SessionSettings) { self.settings = settings }

  static let declared: [Setting] = [
    Setting(
      "frames", .word(["binary", "text"]),
      "The opcode of the server's frames (default binary)."),
    Setting(
      "profile", .word(ModelProfile.all.map(\.name)),
      "The model whose behaviour is shown (default the one the client names)."),
    Setting(
      "calls", .word(["blocking", "non_blocking"]),
      "What a function is whose declaration has no behavior (default as the model has it)."),
    Setting(
      "call_cancellation", .flag,
      "Whether an interruption sends toolCallCancellation (default as the model does it)."),
    Setting(
      "resumption_updates", .word(["asked", "always"]),
      "Whether handles come only where setup asks for them (default asked)."),
    Setting(
      "handle_lifetime", .duration(.milliseconds(1)...(.seconds(86_400))),
      "How long a handle of resumption is good after its connection ended (default 2 hours)."),
    Setting(
      "connection_limit", .duration(.milliseconds(1)...(.seconds(86_400))),
      "When the service closes a connection (default 590 s after set-up)."),
    Setting(
      "go_away", .duration(.zero...(.seconds(86_400))),
      "How long before that limit goAway comes (default 50 s)."),
    Setting(
      "session_limit", .duration(.milliseconds(1)...(.seconds(86_400))),
      "How long a session without compression may last, over all its connections (default any)."),
    Setting(
      "context_window", .integer(1...10_000_000),
      "The tokens that fit without compression (default as the model has it)."),
    Setting(
      "client_content", .word(["any", "history"]),
      "Whether clientContent is refused unless it is initial history, as gemini-3.1-flash-live "
        + "did at its launch (default any)."),
    Setting(
      "token_header", .word(["accept", "refuse"]),
      "Whether ephemeral tokens are good in a header, too, and not only in ?access_token "
        + "(default accept)."),
  ]

  /// The service writes JSON into binary frames (observed).
  var opcode: Opcode { settings.word("frames") == "text" ? .text : .binary }

  func profile(of model: String) -> ModelProfile {
    var profile =
      settings.word("profile").flatMap(ModelProfile.named) ?? ModelProfile.of(model)
    if let calls = settings.word("calls") { profile.callsBlock = calls == "blocking" }
    if let cancels = settings.flag("call_cancellation") { profile.cancelsCalls = cancels }
    if let window = settings.integer("context_window") { profile.contextWindow = window }
    return profile
  }

  var sendsHandlesUnasked: Bool { settings.word("resumption_updates") == "always" }
  /// Docs, "Session resumption": a token of resumption is valid for 2 hours.
  var handleLifetime: Duration { settings.duration("handle_lifetime") ?? .seconds(7200) }
  /// goAway was seen at 540 s, the close at 590 s.
  var connectionLimit: Duration { settings.duration("connection_limit") ?? .seconds(590) }
  /// Documented are 15 minutes of audio and 2 of video; sessions of 51 minutes were seen.
  var sessionLimit: Duration? { settings.duration("session_limit") }
  var goAwayNotice: Duration { settings.duration("go_away") ?? .seconds(50) }
  var allowsContent: Bool { settings.word("client_content") != "history" }
  var allowsTokenHeader: Bool { settings.word("token_header") != "refuse" }
  var expiredKeys: [String] { settings.expiredKeys }

  /// A limit of the service at the scenario's pace. Where nothing waits, limits stay as they are:
  /// they would be over before anything is said.
  func limit(_ duration: Duration) -> Duration {
    switch settings.pace {
    case .service, .realtime, .fast: duration
    case .times(let factor): duration / factor
    }
  }
}
