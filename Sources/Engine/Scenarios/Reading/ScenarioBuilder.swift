import Conversation
import Diagnostics
import Documents
import JSON

/// Makes a scenario of a document. What the checker complained about is left out.
struct ScenarioBuilder {
  /// Where the document lies, seen from the file that was read first.
  let folder: String

  func scenario(_ document: DocumentNode, protocols: [WireProtocol]) -> Scenario {
    var scenario = Scenario(
      name: document["name"]?.scalar ?? document.location.file, file: document.location.file,
      seed: document["seed"]?.scalar.flatMap { UInt64($0) } ?? 1,
      pace: document["pace"]?.scalar.flatMap(Values.pace) ?? .service,
      steps: steps(document["steps"]),
      routes: document["routes"]?.elements.compactMap(route) ?? [])
    scenario.isStrict = document["strict"]?.scalar.flatMap(Values.flag) ?? true
    scenario.protocols = document["protocols"].map(texts)
    scenario.selection = Selection(
      model: document["match"]?["model"]?.scalar, key: document["match"]?["key"]?.scalar)
    scenario.rules = document["rules"]?.elements.map(rule) ?? []
    scenario.otherwise = document["otherwise"].map(steps)
    scenario.faults = faults(document["faults"])
    scenario.requirement = document["requirement"].map(requirement)
    scenario.connections = document["connections"]?.elements.compactMap(connection) ?? []
    for script in document["scripts"]?.members ?? [] {
      scenario.scripts[script.key] = steps(script.value)
    }
    let defaults = document["defaults"]
    scenario.models = defaults?["models"].map(texts)
    let auth = document["auth"]
    scenario.keys = auth?["keys"].map(texts)
    scenario.expiredKeys = auth?["expired"].map(texts) ?? []
    scenario.quota = auth?["quota"]?.scalar.flatMap { Int($0) }
    scenario.methodsOfOAuth = auth?["oauth_only"].map(texts) ?? []
    scenario.heard = defaults?["heard"].flatMap(heard)
    scenario.chunk = defaults?["chunk"]?.scalar.flatMap(Values.duration)
    for wireProtocol in protocols {
      guard let node = document[wireProtocol.name] else { continue }
      scenario.settings[wireProtocol.name] = settings(node, of: wireProtocol)
    }
    return scenario
  }

  func steps(_ node: DocumentNode?) -> [Step] { node?.elements.compactMap(step) ?? [] }

  private func settings(_ node: DocumentNode, of wireProtocol: WireProtocol) -> ProtocolSettings {
    var settings = ProtocolSettings(options: [:], documents: [:])
    for rule in wireProtocol.options {
      guard let value = node[rule.key] else { continue }
      settings.options[rule.key] = self.value(value, rule.kind)
      if case .json = rule.kind { settings.documents[rule.key] = value.json }
    }
    return settings
  }

  // MARK: - Rules, connections and routes

  func rule(_ node: DocumentNode) -> Rule {
    let condition = node["when"].map { when in
      Condition(
        user: when["user"].map(matcher), toolResult: when["tool_result"].map(matcher),
        turn: when["turn"].map(matcher), connection: when["connection"].map(matcher))
    }
    return Rule(
      condition: condition, steps: steps(node["steps"]),
      times: node["times"]?.scalar.flatMap { Int($0) }, location: node.location)
  }

  private func connection(_ node: DocumentNode) -> ConnectionRule? {
    guard let span = node["nth"]?.scalar.flatMap(Values.span) else { return nil }
    return ConnectionRule(
      first: span.first, last: span.last, refusal: node["refuse"].map(answer),
      steps: node["steps"].map(steps), faults: faults(node["faults"]), location: node.location)
  }

  // MARK: - Values

  func texts(_ node: DocumentNode) -> [String] { node.elements.compactMap(\.scalar) }

  func template(_ node: DocumentNode) -> Template? { try? node.template() }

  /// Text, also where it looks like a number.
  func text(_ node: DocumentNode) -> Template? {
    node.scalar.flatMap { try? TemplateReader.read($0) }
  }

  func templates(_ node: DocumentNode?) -> [Template.Member] {
    (try? DocumentNode.templates(node?.members ?? [])) ?? []
  }

  func matcher(_ node: DocumentNode) -> Matcher {
    var reader = MatcherReader()
    return reader.read(node)
  }

  func matchers(_ node: DocumentNode?) -> [Matcher.Member] {
    node?.members?.map { Matcher.Member(name: $0.key, matcher: matcher($0.value)) } ?? []
  }

  func file(_ node: DocumentNode) -> FileReference? {
    node.scalar.map { FileReference(path: Paths.join(folder, $0), location: node.location) }
  }

  func failure(_ node: DocumentNode) -> ServiceFailure {
    guard node.members != nil else { return ServiceFailure(code: node.scalar) }
    return ServiceFailure(
      code: node["code"]?.scalar, message: node["message"]?.scalar,
      status: node["status"]?.scalar.flatMap { Int($0) },
      retryAfter: node["retry_after"]?.scalar.flatMap(Values.duration))
  }

  func heard(_ node: DocumentNode) -> Heard? {
    if let failed = node["failed"] { return .failed(failure(failed)) }
    return text(node).map { .text($0) }
  }
}
