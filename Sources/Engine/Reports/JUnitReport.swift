extension Verdict {
  /// JUnit XML as CI servers read it: a test suite for each scenario, a test case for each check.
  package var junit: String {
    let times = suites.map { suite in suite.checks.compactMap(\.seconds).reduce(0, +) }
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      #"<testsuites name="mockgem" tests="\#(checks.count)" failures="\#(failedCount)" errors="0""#
        + #" time="\#(Text.decimal(times.reduce(0, +)))">"#,
    ]
    for (suite, time) in zip(suites, times) {
      let skipped = suite.checks.count(where: \.isWaived)
      let failures = suite.checks.count { !$0.isPass }
      lines.append(
        #"  <testsuite name="\#(XML.escaped(suite.name))" tests="\#(suite.checks.count)""#
          + #" failures="\#(failures)" errors="0" skipped="\#(skipped)""#
          + #" time="\#(Text.decimal(time))">"#)
      for check in suite.checks { lines += JUnitReport.lines(check, in: suite) }
      lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }
}

/// How one check is written as a test case.
enum JUnitReport {
  static func lines(_ check: Verdict.Check, in suite: Verdict.Suite) -> [String] {
    let head =
      #"    <testcase name="\#(XML.escaped(check.name))" classname="\#(XML.escaped(suite.name))""#
      + #" time="\#(Text.decimal(check.seconds ?? 0))""#
    if check.isWaived, let first = check.waived.first {
      let message = XML.escaped("expected: \(first.text)")
      return [head + ">", #"      <skipped message="\#(message)"/>"#, "    </testcase>"]
    }
    guard let first = check.problems.first else { return [head + "/>"] }
    let body = check.problems.map { problem in
      let place = problem.location.map { "\($0): " } ?? ""
      return "\(place)\(problem.kind): \(problem.text)"
        + (problem.hint.map { "\nhint: \($0)" } ?? "")
    }.joined(separator: "\n")
    return [
      head + ">",
      #"      <failure message="\#(XML.escaped(first.text))" type="\#(XML.escaped(first.kind))">"#
        + "\(XML.escaped(body))</failure>",
      "    </testcase>",
    ]
  }
}

/// Text inside of XML 1.0.
enum XML {
  /// For content and for attributes in double quotes. What XML cannot hold (XML 1.0, 2.2) becomes
  /// U+FFFD.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n": escaped += "&#10;"
      case "\t": escaped += "&#9;"
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      case let scalar: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
