package import Conversation
import Diagnostics
package import JSON
package import Reports
import Scenarios
import Transcripts

/// What became of one requirement, and who is to blame.
package struct Judgement: Sendable {
  package enum Outcome: String, Sendable {
    case passed
    /// The client did not do what it must.
    case failed
    /// What mockgem sent was not what the protocol allows, so nothing is said about the client.
    case void
    /// It failed, and the baseline says so.
    case expected
    /// The baseline says that it fails, and it does not.
    case stale
  }

  package let item: ConformanceCase
  package let outcome: Outcome
  package let problems: [Verdict.Problem]
  package let connections: [Connection]
  private let seconds: Double?

  /// How the client's side of it went.
  package struct Run: Sendable {
    /// Nil for a client that was not started here.
    package let command: Command?
    /// What its driver said in the end.
    package let report: DriverReport

    package init(command: Command?, report: DriverReport) {
      self.command = command
      self.report = report
    }
  }

  /// `record` holds what was written down about this requirement alone.
  package init(
    _ item: ConformanceCase, planned: PlannedScenario, record: RunRecord, run: Run,
    baseline: Baseline, protocols: [WireProtocol]
  ) {
    self.item = item
    connections = record.connections
    seconds = run.command?.seconds
    let ours =
      item.scenario.isTampering
      ? [] : record.connections.flatMap { Judgement.complaints($0, protocols) }
    let theirs = Judgement.problems(item, planned, record, run)
    if !ours.isEmpty {
      (outcome, problems) = (.void, ours)
    } else if let location = baseline.location(of: item.id) {
      if theirs.isEmpty {
        outcome = .stale
        problems = [
          Verdict.Problem(
            kind: "stale", text: "it is met, and the baseline says that it is not",
            hint: "take it out of the baseline", location: location)
        ]
      } else {
        (outcome, problems) = (.expected, theirs)
      }
    } else {
      (outcome, problems) = (theirs.isEmpty ? .passed : .failed, theirs)
    }
  }

  /// As reports show it.
  package var check: Verdict.Check {
    let level = item.requirement.level.rawValue.uppercased()
    let isWaived = outcome == .expected
    return Verdict.Check(
      name: "\(item.id) \(level): \(item.requirement.text) [\(item.requirement.source)]",
      location: item.requirement.location, seconds: seconds, problems: isWaived ? [] : problems,
      waived: isWaived ? problems : [])
  }

  private static func problems(
    _ item: ConformanceCase, _ planned: PlannedScenario, _ record: RunRecord, _ run: Run
  ) -> [Verdict.Problem] {
    var problems = Verdict.checks(of: planned, record).flatMap(\.problems)
      .filter { problem in
        // A client that never came shows nothing, whatever is forgiven.
        record.connections.isEmpty || !item.requirement.forgiven.contains(problem.kind)
      }
    problems += run.command?.check.problems ?? []
    guard run.command != nil, let wanted = item.requirement.report else { return problems }
    switch run.report {
    case .nothing:
      problems.append(
        Verdict.Problem(
          kind: "report", text: "the driver reports nothing",
          hint: "its last line on stdout is a JSON object, such as {\"text\": \"…\"}",
          location: item.requirement.location))
    case .said(let report):
      if let mismatch = wanted.mismatch(report, in: JSONObject()) {
        problems.append(
          Verdict.Problem(
            kind: "report", text: "the driver reports otherwise: \(mismatch.description)",
            location: item.requirement.location))
      }
    }
    return problems
  }

  /// What the protocol itself would not have sent.
  private static func complaints(_ connection: Connection, _ protocols: [WireProtocol])
    -> [Verdict.Problem]
  {
    let wireProtocol = protocols.first { $0.name == connection.summary.protocolName }
    guard var auditor = wireProtocol?.auditor?() else { return [] }
    return connection.transcript.lines.compactMap { line in
      guard line["from"] == "server", let message = line["message"],
        let complaint = auditor.complaint(about: message)
      else { return nil }
      return Verdict.Problem(
        kind: "void", text: "mockgem is wrong: \(connection.title): \(complaint)",
        hint: "please report this as a bug of mockgem")
    }
  }
}

/// What a driver says in the end about what its user saw and heard.
package enum DriverReport: Hashable, Sendable {
  case nothing
  case said(JSONValue)

  /// The last line that is a JSON object.
  package init(output: [UInt8]) {
    for line in output.split(separator: UInt8(ascii: "\n")).reversed() {
      if let value = try? JSONValue(parsing: Array(line)), value.object != nil {
        self = .said(value)
        return
      }
    }
    self = .nothing
  }
}
