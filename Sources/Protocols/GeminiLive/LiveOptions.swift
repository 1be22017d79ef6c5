import Conversation
import Wire

/// What a scenario decides about this protocol, under `gemini-live`.
struct LiveOptions: Hashable, Sendable {
  let settings: SessionSettings

  init(_ settings: SessionSettings) { self.settings = settings }

  static let declared: [Setting] = [
    Setting(
      "frames", .word(["binary", "text"]),
      "The opcode of the server's frames; binary, as the service does it."),
    Setting(
      "profile", .word(ModelProfile.all.map(\.name)),
      "The model whose behaviour is shown, whatever model the client names; else by that name."),
    Setting(
      "calls", .word(["blocking", "non_blocking"]),
      "What a function is whose declaration has no behavior; else as the model does it."),
    Setting(
      "call_cancellation", .flag,
      "Whether an interruption sends toolCallCancellation; else as the model does it."),
    Setting(
      "resumption_updates", .word(["asked", "always"]),
      "Whether handles come only where setup asks for them; asked."),
    Setting(
      "handle_lifetime", .duration(.milliseconds(1)...(.seconds(86_400))),
      "How long a handle of resumption is good for after its connection; 2h."),
    Setting(
      "connection_limit", .duration(.milliseconds(1)...(.seconds(86_400))),
      "When a connection is closed by the service; 590s after set-up."),
    Setting(
      "go_away", .duration(.zero...(.seconds(86_400))),
      "How long before that limit goAway comes; 50s."),
    Setting(
      "context_window", .integer(1...10_000_000),
      "The tokens that fit without compression; else as the model has it."),
    Setting(
      "client_content", .word(["any", "history"]),
      "Whether clientContent is refused unless it is initial history, as gemini-3.1-flash-live "
        + "did at its launch; any."),
    Setting(
      "token_header", .word(["accept", "refuse"]),
      "Whether ephemeral tokens are good in a header, too, and not only in ?access_token; accept."),
    Setting(
      "expired_keys", .texts, "Keys that are refused as expired; none."),
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
  var goAwayNotice: Duration {
    min(settings.duration("go_away") ?? .seconds(50), connectionLimit)
  }
  var allowsContent: Bool { settings.word("client_content") != "history" }
  var allowsTokenHeader: Bool { settings.word("token_header") != "refuse" }
  var expiredKeys: [String] { settings.texts("expired_keys") ?? [] }

  /// A limit of the service at the scenario's pace. Where nothing waits, limits stay as they are:
  /// they would be over before anything is said.
  func limit(_ duration: Duration) -> Duration {
    switch settings.pace {
    case .service, .realtime, .fast: duration
    case .times(let factor): duration / factor
    }
  }
}
