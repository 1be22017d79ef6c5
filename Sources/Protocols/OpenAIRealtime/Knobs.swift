import Conversation

/// What a scenario decides about this protocol, under `openai-realtime`.
struct Knobs: Sendable {
  let pace: Pace
  let isStrict: Bool
  let models: [String]?
  let keys: [String]?
  let acceptsBeta: Bool
  /// The service says of a key that was revoked what it says of a wrong one.
  let expiredKeys: [String]
  let obfuscates: Bool
  let sendsRateLimits: Bool
  /// How long a session may last.
  let lifetime: Duration
  /// The pause that ends a turn under semantic detection; nil waits as long as it ever does.
  let semanticSilence: Duration?
  /// The calls that exist; nil lets every `rtc_…` pass.
  let calls: [String]?
  let servers: [MCPServer]

  init(_ settings: SessionSettings) {
    pace = settings.pace
    isStrict = settings.isStrict
    models = settings.models
    keys = settings.keys
    expiredKeys = settings.expiredKeys
    acceptsBeta = settings.word("beta") == "accept"
    obfuscates = settings.flag("obfuscation") ?? true
    sendsRateLimits = settings.flag("rate_limits") ?? true
    lifetime = settings.duration("session_limit") ?? .seconds(3600)
    semanticSilence = settings.duration("semantic_silence")
    calls = settings.texts("calls")
    servers = MCPServer.read(settings.documents["mcp"])
  }

  static let settings = [
    Setting(
      "beta", .word(["accept", "reject"]),
      "Whether clients of the beta dialect are served or refused as the service does since it "
        + "was switched off (default reject)."),
    Setting(
      "obfuscation", .flag,
      "Whether deltas of text carry the fill that hides their length (default true)."),
    Setting(
      "rate_limits", .flag, "Whether rate_limits.updated follows a response (default true)."),
    Setting(
      "session_limit", .duration(.seconds(1)...(.seconds(86_400))),
      "How long a session may last before it expires (default 60 minutes)."),
    Setting(
      "semantic_silence", .duration(.milliseconds(32)...(.seconds(60))),
      "The pause that ends a turn under semantic_vad (default the longest wait of its eagerness: "
        + "low 8s, medium and auto 4s, high 2s)."),
    Setting(
      "calls", .texts,
      "The calls that sideband connections and call control find (default any rtc_…)."),
    Setting(
      "mcp", .json,
      "The tools of MCP servers by server_label: {docs: {tools: [{name, description, "
        + "input_schema, output, error}], failed: true}} (default none)."),
  ]
}

/// Which of the API's two shapes the events have.
enum Dialect: Hashable, Sendable {
  /// Since 2025-08: nested sessions.
  case ga
  /// From 2024-10 on: flat sessions, other names for some events.
  case beta
}

/// What a session is for.
enum SessionKind: Hashable, Sendable {
  case realtime
  /// The user's speech becomes text, and nobody answers.
  case transcription
}
