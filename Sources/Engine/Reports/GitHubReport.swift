package import Diagnostics

extension Verdict {
  /// GitHub Actions: an annotation for each problem, at the line of the scenario it is about.
  package var githubAnnotations: String {
    suites.flatMap { suite in
      suite.checks.flatMap { check in
        check.problems.map { problem in
          GitHub.annotation(
            "error", title: "\(suite.name): \(check.name)", at: problem.location,
            message: "\(problem.kind): \(problem.text)", hint: problem.hint)
        }
      }
    }.joined(separator: "\n")
  }

  /// GitHub Actions: a table for the summary of a step, in Markdown.
  package var githubSummary: String {
    var lines = [
      "### mockgem: \(isPass ? "passed" : "failed")", "",
      "\(passedCount) passed, \(failedCount) failed", "", "| | scenario | check | |",
      "|---|---|---|---|",
    ]
    for suite in suites {
      for check in suite.checks {
        let problems = check.problems.map { problem in
          "\(problem.kind): \(problem.text)" + (problem.hint.map { "\nhint: \($0)" } ?? "")
        }
        let cells = [suite.name, check.name, problems.joined(separator: "\n")].map(GitHub.cell)
        lines.append("| \(check.isPass ? "✅" : "❌") | \(cells.joined(separator: " | ")) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Words that GitHub Actions understands.
package enum GitHub {
  /// GitHub Actions, "Workflow commands": `::error file=…,line=…,col=…::message`.
  package static func annotation(
    _ level: String, title: String? = nil, at location: SourceLocation?, message: String,
    hint: String?
  ) -> String {
    var properties: [String] = []
    if let location {
      properties.append("file=\(escaped(location.file, isProperty: true))")
      properties.append("line=\(location.line),col=\(location.column)")
    }
    if let title { properties.append("title=\(escaped(title, isProperty: true))") }
    let words = hint.map { "\(message) (\($0))" } ?? message
    let head = properties.isEmpty ? level : "\(level) \(properties.joined(separator: ","))"
    return "::\(head)::\(escaped(words, isProperty: false))"
  }

  private static func escaped(_ text: String, isProperty: Bool) -> String {
    var escaped = text.replacing("%", with: "%25").replacing("\r", with: "%0D")
      .replacing("\n", with: "%0A")
    if isProperty { escaped = escaped.replacing(":", with: "%3A").replacing(",", with: "%2C") }
    return escaped
  }

  /// Text inside of a cell of a table.
  static func cell(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("|", with: #"\|"#)
      .replacing("\n", with: "<br>")
  }
}
