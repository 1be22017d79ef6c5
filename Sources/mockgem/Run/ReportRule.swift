import Diagnostics
import JSON
import Reports

/// One `--report FORMAT=FILE`.
struct ReportRule {
  enum Format: String, CaseIterable { case text, junit, json, tap, github, html }

  let format: Format
  /// `-` for stdout; nil for GitHub's own places.
  let path: String?

  static var option: OptionRule {
    var rule = OptionRule(
      "report", "FORMAT=FILE",
      "writes a report (text, junit, json, tap, html; '-' is stdout), or 'github'; may be repeated")
    rule.isRepeatable = true
    return rule
  }

  init(format: Format, path: String?) {
    self.format = format
    self.path = path
  }

  static func read(_ arguments: Arguments) throws(Failure) -> [ReportRule] {
    var rules: [ReportRule] = []
    for text in arguments.texts("report") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let word = String(parts[0])
      guard let format = Format(rawValue: word) else {
        throw arguments.usage(
          "unknown report '\(word)'",
          hint: Spelling.hint(for: word, among: Format.allCases.map(\.rawValue)))
      }
      let path = parts.count == 2 ? String(parts[1]) : nil
      guard format == .github || path?.isEmpty == false else {
        throw arguments.usage("'--report \(word)' needs a file: --report \(word)=FILE")
      }
      rules.append(ReportRule(format: format, path: path))
    }
    return rules
  }

  func write(_ verdict: Verdict, _ record: RunRecord) throws(Failure) {
    if format == .github {
      if !verdict.githubAnnotations.isEmpty { Terminal.output(verdict.githubAnnotations) }
      if let summary = path ?? Environment.value("GITHUB_STEP_SUMMARY") {
        try Files.append(verdict.githubSummary, to: summary)
      }
      return
    }
    let bytes = bytes(verdict, record)
    guard let path, path != "-" else {
      let text = String(decoding: bytes, as: UTF8.self)
      return Terminal.output(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
    try Files.write(bytes, to: path)
  }

  private func bytes(_ verdict: Verdict, _ record: RunRecord) -> [UInt8] {
    switch format {
    case .text, .github: Array("\(verdict.text())\n".utf8)
    case .junit: Array(verdict.junit.utf8)
    case .json: verdict.json.encoded + [UInt8(ascii: "\n")]
    case .tap: Array(verdict.tap.utf8)
    case .html: HTMLReport(verdict, audio: record.audio).bytes
    }
  }
}
