import JSON

extension Verdict {
  /// Test Anything Protocol, version 14: a test point for each check, with a YAML block where one
  /// failed.
  package var tap: String {
    var lines = ["TAP version 14", "1..\(checks.count)"]
    var number = 0
    for suite in suites {
      for check in suite.checks {
        number += 1
        let name = TAPReport.escaped("\(suite.name): \(check.name)")
        let sign = check.isPass && !check.isWaived ? "ok" : "not ok"
        let todo = check.isWaived ? " # TODO an expected failure" : ""
        lines.append("\(sign) \(number) - \(name)\(todo)")
        if !check.isPass { lines += TAPReport.block(check) }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// The parts of a TAP document.
enum TAPReport {
  /// TAP 14, "Escaping": backslashes and number signs of a description.
  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("#", with: "\\#").replacing("\n", with: " ")
  }

  /// TAP 14, "YAML Diagnostics". Quoted as JSON, which YAML understands.
  static func block(_ check: Verdict.Check) -> [String] {
    var lines = ["  ---", "  severity: fail", "  problems:"]
    for problem in check.problems {
      lines.append("    - kind: \(problem.kind)")
      lines.append("      message: \(JSONValue.string(problem.text))")
      if let hint = problem.hint { lines.append("      hint: \(JSONValue.string(hint))") }
      if let location = problem.location {
        lines.append("      at: \(JSONValue.string("\(location)"))")
      }
    }
    return lines + ["  ..."]
  }
}
