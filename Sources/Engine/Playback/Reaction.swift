package import Diagnostics
import Conversation
import Faults
import Scenarios
import Wire

/// What follows from an event: at most one direction, lines for the log, and what was found out.
struct Reaction: Sendable {
  var direction: ServerAction?
  /// What goes wrong on the wire while the direction is carried out.
  var fault: FaultPlan?
  var lines: [LogLine] = []
  var findings: [Finding] = []

  init(_ direction: ServerAction? = nil, fault: FaultPlan? = nil) {
    self.direction = direction
    self.fault = fault
  }

  mutating func note(_ level: LogLine.Level, _ text: String) {
    lines.append(LogLine(level, text))
  }

  mutating func find(_ finding: Finding) {
    findings.append(finding)
    switch finding.kind {
    case .met: break
    case .unmet, .late, .missing:
      lines.append(LogLine(.error, "\(finding.location): \(finding.text)"))
    }
  }

  /// What was found out on the way comes before what follows.
  func preceded(by other: Reaction) -> Reaction {
    var whole = self
    whole.lines = other.lines + lines
    whole.findings = other.findings + findings
    return whole
  }
}

/// What became of something a scenario expected.
package struct Finding: Hashable, Sendable {
  package enum Kind: String, Sendable {
    /// It came as expected.
    case met
    /// It came, and was different.
    case unmet
    /// It did not come in time.
    case late
    /// The connection ended before it was reached.
    case missing
  }

  package let kind: Kind
  package let location: SourceLocation
  /// What was expected, and what came.
  package let text: String
}
