package import Diagnostics

/// What a run came to: what was checked, and what was wrong with it.
package struct Verdict: Sendable {
  /// A scenario, or the command, with what was checked about it.
  package struct Suite: Hashable, Sendable {
    package let name: String
    /// The scenario's file; nil for the command.
    package let file: String?
    package var checks: [Check] = []

    package init(name: String, file: String?, checks: [Check] = []) {
      self.name = name
      self.file = file
      self.checks = checks
    }

    package var isPass: Bool { checks.allSatisfy(\.isPass) }
  }

  /// One thing that was checked.
  package struct Check: Hashable, Sendable {
    package let name: String
    package let location: SourceLocation?
    /// How long it took, in seconds; nil where that says nothing.
    package let seconds: Double?
    package var problems: [Problem] = []
    /// Problems that were expected, and do not count.
    package var waived: [Problem] = []

    package init(
      name: String, location: SourceLocation?, seconds: Double?, problems: [Problem] = [],
      waived: [Problem] = []
    ) {
      self.name = name
      self.location = location
      self.seconds = seconds
      self.problems = problems
      self.waived = waived
    }

    package var isPass: Bool { problems.isEmpty }
    /// Whether it failed as was expected.
    package var isWaived: Bool { problems.isEmpty && !waived.isEmpty }
  }

  /// Why a check failed.
  package struct Problem: Hashable, Sendable {
    /// A word such as `unmet` or `refused`.
    package let kind: String
    package let text: String
    package let hint: String?
    package let location: SourceLocation?

    package init(kind: String, text: String, hint: String? = nil, location: SourceLocation? = nil) {
      self.kind = kind
      self.text = text
      self.hint = hint
      self.location = location
    }
  }

  package private(set) var suites: [Suite]
  package let connections: [Connection]
  /// What was found out that names no connection.
  package let strays: [Note]
  package let command: Command?

  package var checks: [Check] { suites.flatMap(\.checks) }
  package var failedCount: Int { checks.count { !$0.isPass } }
  package var passedCount: Int { checks.count - failedCount }
  package var isPass: Bool { failedCount == 0 }

  /// What was judged elsewhere.
  package init(suites: [Suite], connections: [Connection], command: Command? = nil) {
    self.suites = suites
    self.connections = connections
    strays = []
    self.command = command
  }

  /// `scenarios` are those that were served; each must have been played.
  package init(
    _ record: RunRecord, scenarios: [PlannedScenario], goldens: [GoldenResult] = [],
    command: Command? = nil
  ) {
    connections = record.connections
    strays = record.strays
    self.command = command
    suites = scenarios.map { Suite(name: $0.name, file: $0.file) }
    for (index, scenario) in scenarios.enumerated() {
      suites[index].checks = Verdict.checks(of: scenario, record)
    }
    let known = Set(scenarios.map(\.name))
    let lost = record.strays.filter { !known.contains($0.scenario) && $0.isFailure }
    if !lost.isEmpty {
      suites.append(
        Suite(name: "requests", file: nil, checks: [Verdict.check("requests", of: lost)]))
    }
    for golden in goldens {
      let check = Check(
        name: "golden \(golden.file)", location: nil, seconds: nil, problems: golden.problems)
      if let index = suites.firstIndex(where: { $0.name == golden.scenario }) {
        suites[index].checks.append(check)
      }
    }
    if let command {
      suites.append(Suite(name: "command", file: nil, checks: [command.check]))
    }
  }

  /// What the record says about one scenario.
  package static func checks(of scenario: PlannedScenario, _ record: RunRecord) -> [Check] {
    let connections = record.connections.filter { $0.scenario == scenario.name }
    var checks = connections.flatMap(\.checks)
    let strays = record.strays.filter { $0.scenario == scenario.name && $0.isFailure }
    if !strays.isEmpty { checks.append(check("requests", of: strays)) }
    if connections.isEmpty {
      checks.append(
        Check(
          name: "is played", location: SourceLocation(file: scenario.file), seconds: nil,
          problems: [
            Problem(
              kind: "unplayed", text: "no client opened a connection to this scenario",
              hint: "point the client at MOCKGEM_URL, or name fewer scenarios",
              location: SourceLocation(file: scenario.file))
          ]))
    } else if let left = leftByExchanges(scenario, connections) {
      checks.append(left)
    }
    return checks
  }

  /// Over requests and answers a conversation spans connections: what no exchange played is left.
  private static func leftByExchanges(_ scenario: PlannedScenario, _ connections: [Connection])
    -> Check?
  {
    let played = Set(
      connections.flatMap(\.notes).filter { $0.kind == "played" }.compactMap(\.location))
    guard connections.allSatisfy(\.isExchange), !played.isEmpty else { return nil }
    let left = scenario.steps.filter { !played.contains($0.location) }
    return Check(
      name: "every step is played", location: left.first?.location, seconds: nil,
      problems: left.map { step in
        Problem(
          kind: "unplayed", text: "'\(step.words)' was not played", location: step.location)
      })
  }

  private static func check(_ name: String, of notes: [Note]) -> Check {
    Check(name: name, location: nil, seconds: nil, problems: notes.map(\.problem))
  }
}

/// A scenario as a run must play it.
package struct PlannedScenario: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    package let words: String
    package let location: SourceLocation

    package init(words: String, location: SourceLocation) {
      self.words = words
      self.location = location
    }
  }

  package let name: String
  package let file: String
  /// What the scenario plays in its own right; rules and branches are not among them.
  package let steps: [Step]

  package init(name: String, file: String, steps: [Step]) {
    self.name = name
    self.file = file
    self.steps = steps
  }
}

/// What became of the comparison with a golden.
package struct GoldenResult: Hashable, Sendable {
  package let file: String
  package let scenario: String
  package let problems: [Verdict.Problem]

  package init(file: String, scenario: String, problems: [Verdict.Problem]) {
    self.file = file
    self.scenario = scenario
    self.problems = problems
  }
}
