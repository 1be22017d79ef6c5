import Conversation

/// The scenario language, version 1, as tables.
enum Grammar {
  static let version = 1

  /// A whole file. What stands under a protocol's name is the protocol's to say.
  static func file(_ protocols: [WireProtocol]) -> MappingRule {
    let names = protocols.map(\.name)
    let settings = protocols.filter { !$0.options.isEmpty }.map { wireProtocol in
      FieldRule(
        wireProtocol.name, .mapping(self.settings(of: wireProtocol)),
        "What the service does over \(wireProtocol.name) where it may do one or the other.")
    }
    return MappingRule("file", fields: fileFields + [protocolField(names)] + settings)
  }

  static func settings(of wireProtocol: WireProtocol) -> MappingRule {
    MappingRule(
      wireProtocol.name,
      fields: wireProtocol.options.map { FieldRule($0.key, ValueRule($0.kind), $0.summary) })
  }

  /// A file that others include.
  static let included = MappingRule(
    "included file",
    fields: fileFields.filter {
      ["mockgem", "about", "include", "rules", "scripts", "connections", "routes"]
        .contains($0.key)
    })

  private static func protocolField(_ names: [String]) -> FieldRule {
    FieldRule(
      "protocols", .list(of: .word(names)),
      "The protocols it is for; without it, all that can express its steps.")
  }

  private static let fileFields: [FieldRule] = [
    FieldRule(
      "mockgem", .version(version), "The version of the language.", required: "mockgem: 1"),
    FieldRule("name", .text, "What the scenario is called in logs and reports."),
    FieldRule("about", .text, "What it shows, for people."),
    FieldRule(
      "seed", .integer(0...Int.max),
      "Seeds everything random; the same seed gives the same bytes. 1 without it."),
    FieldRule(
      "pace", .pace,
      "How fast the service works: 'service' as measured (the default), 'realtime' as fast as "
        + "audio plays, '4x' four times that, 'fast' without any wait."),
    FieldRule(
      "strict", .flag,
      "Whether a client's mistake is refused as the service refuses it (true, the default), or "
        + "accepted with a warning in the log."),
    FieldRule(
      "match", .mapping(selection),
      "Which connections choose this scenario where several are served."),
    FieldRule("auth", .mapping(auth), "Who may call, and how often."),
    FieldRule("defaults", .mapping(defaults), "What holds where no step says otherwise."),
    FieldRule(
      "include", .either(.file, .list(of: .file)),
      "Files whose scripts, rules, routes and connections are used here too."),
    FieldRule("steps", .steps, "What happens in a conversation, in order."),
    FieldRule(
      "rules", .list(of: .mapping(rule)),
      "How turns of the user are answered when no step is left: the first rule that fits."),
    FieldRule("otherwise", .steps, "The answer when no rule fits."),
    FieldRule("scripts", .map(of: .steps, key: "name"), "Named steps, played by 'run'."),
    FieldRule(
      "connections", .list(of: .mapping(connection)),
      "What differs on some connections, or calls over HTTP, of one API key."),
    faultList,
    FieldRule(
      "requirement", .mapping(requirement),
      "What a client must do, where the scenario is part of a conformance suite."),
    FieldRule("routes", .list(of: .mapping(route)), "Paths of your own beside the protocols."),
  ]

  static let selection = MappingRule(
    "match",
    FieldRule("model", .text, "The model the client asks for."),
    FieldRule("key", .text, "The API key the client shows."))

  static let defaults = MappingRule(
    "defaults",
    FieldRule("heard", .template, "What speech is transcribed as."),
    FieldRule("chunk", chunk, chunkSummary),
    FieldRule("models", .list(of: .text), "The models that exist; any other is refused."))

  static let auth = MappingRule(
    "auth",
    FieldRule("keys", .list(of: .text), "The API keys that are accepted; any other is refused."),
    FieldRule("expired", .list(of: .text), "API keys that are refused as expired."),
    FieldRule(
      "quota", .integer(0...1_000_000),
      "How many requests a key may make in a minute; more are refused with 429 by the Gemini "
        + "protocols of HTTP."),
    FieldRule(
      "oauth_only", .list(of: .text),
      "Methods of gemini-rest that refuse API keys and want a bearer token, such as "
        + "'tunedModels.permissions' for all on permissions, or 'files.create' for one."))

  static let rule = MappingRule(
    "rule",
    FieldRule("when", .mapping(condition), "When it is taken; without it, always."),
    FieldRule("steps", .steps, "What happens then.", required: "steps:"),
    FieldRule("times", .integer(1...1_000_000), "How often it may be taken."))

  static let condition = MappingRule(
    "when",
    FieldRule("user", .matcher, "The text of the user's turn."),
    FieldRule("tool_result", .matcher, "One of the results: an object of name, id and output."),
    FieldRule("turn", .matcher, "Which turn of the user it is, from 1."),
    FieldRule("connection", .matcher, "Which connection it is, from 1."))

  static let connection = MappingRule(
    "connection",
    FieldRule("nth", .span, "Which ones, from 1: '2', '1-3' or '4-'.", required: "nth: 1"),
    FieldRule(
      "refuse", .either(.integer(200...599), .mapping(answer)),
      "The HTTP answer in place of a session."),
    FieldRule("steps", .steps, "What happens there, in place of the scenario's steps."), faultList)

  static let chunk = ValueRule.duration(.milliseconds(10)...(.seconds(10)))
  static let chunkSummary =
    "How much audio one message holds; as the real service cuts it where this is missing."
}
