extension Verdict {
  /// For a person at a terminal: what failed in full, what passed in a line each.
  package func text(isColored: Bool = false) -> String {
    let paint = Paint(isColored: isColored)
    var lines: [String] = []
    for suite in suites {
      lines.append(paint.bold(suite.file.map { "\(suite.name) (\($0))" } ?? suite.name))
      for check in suite.checks { lines += TextReport.lines(check, self, paint) }
    }
    let counts = "\(passedCount) passed, \(failedCount) failed"
    lines.append(paint.paint(isPass ? "passed: \(counts)" : "failed: \(counts)", isPass))
    return lines.joined(separator: "\n")
  }
}

/// How checks are laid out as text.
enum TextReport {
  static func lines(_ check: Verdict.Check, _ verdict: Verdict, _ paint: Paint) -> [String] {
    var name = check.name
    if let connection = verdict.connections.first(where: { $0.title == check.name }) {
      name += ": \(connection.summary.words)"
    }
    let word =
      check.isWaived
      ? paint.yellow("xfail") : paint.paint(check.isPass ? "ok  " : "FAIL", check.isPass)
    return ["  \(word)  \(name)"]
      + check.problems.flatMap { problem in
        let place = problem.location.map { "\($0): " } ?? ""
        let lines = problem.text.split(separator: "\n", omittingEmptySubsequences: false)
        return ["        \(place)\(problem.kind): \(lines.first ?? "")"]
          + lines.dropFirst().map { "          \($0)" }
          + (problem.hint.map { ["        hint: \($0)"] } ?? [])
      }
  }
}

/// Colours for a terminal, or none.
package struct Paint: Sendable {
  package let isColored: Bool

  package init(isColored: Bool) { self.isColored = isColored }

  package func bold(_ text: String) -> String { escaped(text, "1") }
  package func red(_ text: String) -> String { escaped(text, "31") }
  package func green(_ text: String) -> String { escaped(text, "32") }
  package func yellow(_ text: String) -> String { escaped(text, "33") }

  func paint(_ text: String, _ isGood: Bool) -> String { isGood ? green(text) : red(text) }

  private func escaped(_ text: String, _ code: String) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
