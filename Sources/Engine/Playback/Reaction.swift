import Conversation
import Diagnostics
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

  /// What the log says already, in words of its own, is not said twice.
  mutating func find(_ finding: Finding) {
    findings.append(finding)
    switch finding.kind {
    case .unmet, .late, .missing:
      let place = finding.location.map { "\($0): " } ?? ""
      lines.append(LogLine(.error, place + finding.text))
    case .opened, .played, .fault, .met, .tolerated, .unplayed, .unexpected, .refused, .left: break
    }
  }

  /// What was found out on the way comes before what follows.
  func preceded(by other: Reaction) -> Reaction {
    if other.lines.isEmpty, other.findings.isEmpty { return self }
    var whole = self
    whole.lines = other.lines + lines
    whole.findings = other.findings + findings
    return whole
  }
}
