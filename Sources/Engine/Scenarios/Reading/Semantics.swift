import Conversation
import Diagnostics
import Documents
import JSON

/// What no single value shows: steps that never run, names nobody set, steps a protocol cannot
/// express.
struct Semantics {
  private(set) var diagnostics: [Diagnostic] = []
  private let scenario: Scenario
  private let protocols: [WireProtocol]
  private let captures: Set<String>

  /// What templates know without a capture.
  static let roots = ["user", "result", "results", "message", "connection", "turn"]
  /// What they know besides in a route.
  static let routeRoots = ["path", "query", "headers", "body", "bytes", "call", "state"]
  /// The members of those that have no others.
  private static let members = [
    "user": ["text", "speech"], "result": ["id", "name", "output"], "connection": ["number"],
    "bytes": ["size", "head", "sha256"],
  ]

  init(_ scenario: Scenario, protocols: [WireProtocol]) {
    self.scenario = scenario
    let names = scenario.protocols ?? protocols.map(\.name)
    self.protocols = protocols.filter { names.contains($0.name) }
    captures = Semantics.captures(of: scenario)
  }

  private static func captures(of scenario: Scenario) -> Set<String> {
    var names: Set<String> = []
    for step in scenario.allSteps {
      switch step.action {
      case .await(let waiting): names.formUnion(waiting.captures.map(\.name))
      case .set(let members): names.formUnion(members.map(\.name))
      case .wait, .say, .think, .call, .cancelCalls, .execute, .show, .interrupt, .fail, .goAway,
        .send, .endTurn, .close, .repeat, .run, .choose, .log:
        break
      }
    }
    return names
  }

  mutating func check(_ document: DocumentNode) {
    let content = ["steps", "rules", "routes", "connections", "otherwise", "include"]
    if let members = document.members, !members.contains(where: { content.contains($0.key) }) {
      error(
        "a scenario needs 'steps', 'rules' or 'routes'", document.location,
        "'steps:' lists what happens in a conversation, such as '- await: user'")
    }
    checkOrder(scenario.steps)
    checkOrder(scenario.otherwise ?? [])
    for script in scenario.scripts.sorted(by: { $0.key < $1.key }) { checkOrder(script.value) }
    for connection in scenario.connections { checkOrder(connection.steps ?? []) }
    checkRules(scenario.rules)
    checkConnections()
    for route in scenario.routes { check(route) }
    checkOrder(of: scenario.routes)
    checkScripts()
    for step in scenario.allSteps { check(step) }
  }

  // MARK: - Order

  private mutating func checkOrder(_ steps: [Step]) {
    for (index, step) in steps.enumerated() {
      switch step.action {
      case .close where index + 1 < steps.count:
        if case .await(let waiting) = steps[index + 1].action,
          waiting.what == .reconnect || waiting.what == .close
        {
          break
        }
        warning(
          "this step never runs: the connection is closed before it", steps[index + 1].location,
          "move 'close' to the end, or go on with 'await: reconnect'")
      case .repeat(times: nil, let inner):
        if index + 1 < steps.count {
          warning(
            "this step never runs: the steps before it repeat for ever",
            steps[index + 1].location, "give 'repeat' a number")
        }
        if !inner.flatMap(\.withInner).contains(where: \.waits) {
          error(
            "nothing ends this repetition, and nothing in it waits", step.location,
            "put an 'await' or a 'wait' into it, or give 'repeat' a number")
        }
        checkOrder(inner)
      case .repeat(_, let inner): checkOrder(inner)
      case .await(let waiting): checkOrder(waiting.otherwise ?? [])
      case .choose(let rules, let otherwise):
        checkRules(rules)
        checkOrder(otherwise)
      case .wait, .say, .think, .call, .cancelCalls, .execute, .show, .interrupt, .fail, .goAway,
        .send, .endTurn, .close, .run, .set, .log:
        break
      }
    }
  }

  private mutating func checkRules(_ rules: [Rule]) {
    var always: Rule?
    for (index, rule) in rules.enumerated() {
      if let always {
        error(
          "this rule is never taken: the one in line \(always.location.line) always is",
          rule.location, "give that one a 'when', or move it to the end")
      } else if rule.condition != nil,
        let twin = rules[..<index].first(where: {
          $0.condition == rule.condition && $0.times == nil
        })
      {
        error(
          "this rule is never taken: the one in line \(twin.location.line) has the same 'when'",
          rule.location, "change one of them, or give the first 'times'")
      }
      if rule.condition == nil, rule.times == nil, always == nil { always = rule }
      checkOrder(rule.steps)
    }
  }

  private mutating func checkConnections() {
    for (index, rule) in scenario.connections.enumerated() {
      if scenario.connections[..<index].contains(where: {
        $0.first <= rule.first && ($0.last ?? .max) >= (rule.last ?? .max)
      }) {
        error(
          "these connections are spoken for above", rule.location,
          "the first entry that fits counts")
      }
      if rule.refusal == nil, rule.steps == nil, rule.faults.isEmpty {
        error(
          "nothing differs on these connections", rule.location, "add 'refuse', 'steps' or 'faults'"
        )
      }
      if rule.refusal != nil, rule.steps != nil {
        error("a refused connection has no steps", rule.location, "keep 'refuse' or 'steps'")
      }
    }
  }

  private mutating func checkScripts() {
    for step in scenario.allSteps {
      guard case .run(let name) = step.action, scenario.scripts[name] == nil else { continue }
      error(
        "unknown script '\(name)'", step.location,
        Spelling.hint(for: name, among: scenario.scripts.keys.sorted())
          ?? "'scripts:' names the steps that 'run' plays")
    }
    for name in scenario.scripts.keys.sorted() where reaches(name, from: name, seen: []) {
      if let first = scenario.scripts[name]?.first {
        error(
          "script '\(name)' runs itself", first.location, "'repeat' plays steps again and again")
      }
    }
  }

  private func reaches(_ target: String, from name: String, seen: Set<String>) -> Bool {
    let runs = (scenario.scripts[name] ?? []).flatMap(\.withInner).compactMap { step in
      if case .run(let name) = step.action { name } else { nil }
    }
    return runs.contains { next in
      next == target
        || (!seen.contains(next) && reaches(target, from: next, seen: seen.union([next])))
    }
  }

  // MARK: - Steps

  private mutating func check(_ step: Step) {
    checkAbility(step)
    checkConnection(step)
    for expression in step.expressions { check(expression, step.location, Self.roots) }
    switch step.action {
    case .await(let waiting): check(waiting, step.location)
    case .say(let saying):
      if saying.text == nil, saying.audio == nil {
        error("nothing is said", step.location, "give 'text', 'audio', or both")
      }
    case .show(let file, let mimeType):
      if mimeType.isEmpty {
        error(
          "the kind of '\(file.path)' is unknown", file.location,
          "write 'show: {file: \(file.path), mime: image/png}'")
      }
    case .choose(let rules, _): check(rules)
    case .wait, .think, .call, .cancelCalls, .execute, .interrupt, .fail, .goAway, .send, .endTurn,
      .close, .repeat, .run, .set, .log:
      break
    }
  }

  private mutating func check(_ rules: [Rule]) {
    for rule in rules {
      for expression in rule.condition?.expressions ?? [] {
        check(expression, rule.location, Self.roots)
      }
    }
  }

  private mutating func check(_ waiting: Await, _ location: SourceLocation) {
    if waiting.otherwise != nil, waiting.within == nil {
      error("'otherwise' never happens without 'within'", location, "add 'within: 5s'")
    }
    switch waiting.what {
    case .user: break
    case .toolResult, .message:
      if waiting.heard != nil { onlyForUser("heard", location) }
    case .reconnect: if waiting.heard != nil { onlyForUser("heard", location) }
    case .setup, .interruption, .close:
      if waiting.heard != nil { onlyForUser("heard", location) }
      if waiting.expect != nil {
        error(
          "there is nothing to expect of this", location,
          "'expect' stands beside 'await: user', 'tool_result', 'reconnect' or a message")
      }
    }
    guard case .message(let kind) = waiting.what else { return }
    let known = protocols.flatMap(\.clientMessages)
    if !known.contains(kind) {
      error(
        "no protocol has a client message '\(kind)'", location,
        Spelling.nearest(to: kind, among: known).map { "did you mean '\($0)'?" })
    }
  }

  private mutating func onlyForUser(_ key: String, _ location: SourceLocation) {
    error("'\(key)' belongs to 'await: user'", location, "leave it out")
  }

  private mutating func checkConnection(_ step: Step) {
    guard step.needsConnection, let listed = scenario.protocols else { return }
    let exchanges = protocols.filter { $0.isExchange && listed.contains($0.name) }
    guard let first = exchanges.first else { return }
    error(
      "over \(first.name) each turn is an exchange of its own, and has no connection to await this",
      step.location, "take it out of 'protocols:'")
  }

  private mutating func checkAbility(_ step: Step) {
    guard let ability = step.ability else { return }
    let able = protocols.filter { $0.abilities.contains(ability) }
    if able.isEmpty {
      error(
        "no protocol of this scenario can express '\(ability.rawValue)'", step.location,
        "of its protocols: \(protocols.map(\.name).joined(separator: ", "))")
    } else if scenario.protocols != nil, able.count < protocols.count {
      let unable = protocols.filter { !$0.abilities.contains(ability) }.map(\.name)
      error(
        "\(unable.joined(separator: " and ")) cannot express '\(ability.rawValue)'", step.location,
        "take it out of 'protocols:', or use 'send' to say it in the protocol's own words")
    }
  }

  // MARK: - Routes and names

  private mutating func check(_ route: Route) {
    if route.isWebSocketEcho, !route.answers.isEmpty {
      error("a WebSocket has no 'respond'", route.location, "keep 'respond' or 'websocket'")
    }
    if !route.isWebSocketEcho, route.answers.isEmpty {
      error("this route does nothing", route.location, "add 'respond' or 'websocket: echo'")
    }
    var members = Self.members
    members["path"] = route.path.names
    members["state"] = scenario.routes.flatMap(\.changes).map(\.name)
    for expression in route.expressions {
      check(expression, route.location, Self.routeRoots, members)
      checkHeader(expression, route.location)
    }
    for answer in route.answers {
      guard case .base64(.literal(let text)) = answer.body else { continue }
      if text.string.flatMap({ Base64.decode($0) }) == nil {
        error("'\(text.plainText)' is no base64", route.location, "such as 'SGVsbG8='")
      }
    }
  }

  private mutating func checkOrder(of routes: [Route]) {
    for (index, route) in routes.enumerated() {
      let other = routes[..<index].first {
        $0.path == route.path && ($0.method == nil || $0.method == route.method)
          && $0.isWebSocketEcho == route.isWebSocketEcho && !$0.isChoosy
      }
      guard let other else { continue }
      error(
        "this route is never reached: the one in line \(other.location.line) takes all it would",
        route.location, "move it before that one, or make one of them choosier")
    }
  }

  /// Names of headers have no case, and stand here in small letters.
  private mutating func checkHeader(_ expression: Expression, _ location: SourceLocation) {
    guard expression.root == "headers", expression.path.count > 1 else { return }
    let name = expression.path[1]
    if name == name.lowercased() { return }
    error(
      "no header is known as '${headers.\(name)}'", location,
      "write '${headers.\(name.lowercased())}'")
  }

  private mutating func check(
    _ expression: Expression, _ location: SourceLocation, _ roots: [String],
    _ members: [String: [String]] = Self.members
  ) {
    let name = expression.root
    if captures.contains(name) { return }
    if roots.contains(name) {
      guard let known = members[name], expression.path.count > 1,
        !known.contains(expression.path[1])
      else { return }
      return error(
        "'${\(name)}' has no '\(expression.path[1])'", location,
        Spelling.hint(for: expression.path[1], among: known)
          ?? (name == "state" ? "'set' and 'append' of a route give names" : nil))
    }
    error(
      "unknown name '${\(name)}'", location,
      Spelling.nearest(to: name, among: roots + captures.sorted()).map { "did you mean '\($0)'?" }
        ?? "'capture' and 'set' give names; known without: \(roots.joined(separator: ", "))")
  }

  private mutating func error(_ message: String, _ location: SourceLocation, _ hint: String?) {
    diagnostics.append(.error(message, at: location, hint: hint))
  }

  private mutating func warning(_ message: String, _ location: SourceLocation, _ hint: String?) {
    diagnostics.append(.warning(message, at: location, hint: hint))
  }
}
