import JSON

/// A create request that was read, field by field.
///
/// Fields of a wrong type count as left out: the rules have reported them already.
struct CreateRequest: Sendable {
  enum Target: Hashable, Sendable {
    case model(String)
    case agent(String)

    var name: String {
      switch self {
      case .model(let name), .agent(let name): name
      }
    }
  }

  let target: Target
  let revision: Revision
  let body: JSONObject
  /// The input as steps.
  let steps: [JSONObject]
  /// How long the body was.
  let byteCount: Int

  var isStream: Bool { body["stream"]?.bool ?? false }
  var isBackground: Bool { body["background"]?.bool ?? false }
  var isStored: Bool { body["store"]?.bool ?? true }
  var previousID: String? { body["previous_interaction_id"]?.string }
  var continuationToken: String? { body["continuation_token"]?.string }
  var serviceTier: String { body["service_tier"]?.string ?? "standard" }

  /// The environment that is asked for by its identifier; nil asks for a new one, or for none.
  var environmentID: String? {
    let environment = body["environment"]
    if let id = environment?.string { return id == "remote" ? nil : id }
    return environment?["environment_id"]?.string
  }

  /// Whether code is to run in an environment.
  var hasEnvironment: Bool { body["environment"].map { !$0.isNull } ?? false }

  /// Optimization guide, "Service tiers": these two wait for room.
  var isQueued: Bool { isBackground && ["flex", "deferred"].contains(serviceTier) }

  /// Thinking guide, "Thought summaries": they come only when asked for.
  var wantsSummaries: Bool {
    let configuration = body["generation_config"] ?? body["agent_config"]
    return configuration?["thinking_summaries"]?.string == "auto"
  }

  /// What the answer is to consist of, such as `audio`; empty leaves it to the model.
  var modalities: Set<String> {
    let formats = body["response_format"]
    if formats == nil, body["response_modalities"] == nil { return [] }
    let types = (formats?.array ?? formats.map { [$0] } ?? []).compactMap { $0["type"]?.string }
    let words = body["response_modalities"]?.array?.compactMap(\.string) ?? []
    return Set((types + words).map { $0.lowercased() }).intersection([
      "text", "image", "audio", "video", "document",
    ])
  }

  private static let oldEchoes = [
    "previous_interaction_id", "system_instruction", "tools", "agent_config", "response_format",
    "response_mime_type", "response_modalities", "webhook_config",
  ]
  private static let newEchoes = [
    "generation_config", "cached_content", "environment", "safety_settings", "labels",
  ]

  /// Fields of the request that the resource repeats, in the reference's order.
  func echoes(in revision: Revision) -> [JSONMember] {
    let lists =
      switch revision {
      case .steps: [Self.oldEchoes, Self.newEchoes]
      case .legacy: [Self.oldEchoes]
      }
    var members: [JSONMember] = []
    for name in lists.joined() {
      guard let value = body[name], !value.isNull else { continue }
      members.append(JSONMember(name: name, value: value))
    }
    return members
  }
}
