package import Diagnostics
package import Scenarios

/// One requirement with the scenario that provokes it. Its name is where its file lies:
/// `openai-realtime/tools/answers-every-call`.
package struct ConformanceCase: Sendable {
  package let id: String
  package let scenario: Scenario
  package let requirement: Requirement

  /// Nil when the scenario demands nothing.
  package init?(id: String, scenario: Scenario) {
    guard let requirement = scenario.requirement else { return nil }
    self.id = id
    self.scenario = scenario
    self.requirement = requirement
  }

  /// Such as `openai-realtime/tools`.
  package var section: String {
    id.lastIndex(of: "/").map { String(id[..<$0]) } ?? ""
  }

  /// The key its client shows, so that it meets no other requirement's state.
  package var key: String { "conform." + id.replacing("/", with: ".") }
}

/// The requirements that are to be met, in the order a specification would have them.
package struct ConformanceSuite: Sendable {
  package let cases: [ConformanceCase]

  /// From the first contact to what goes wrong; a section of another name comes last.
  private static let sections = [
    "connection", "auth", "session", "requests", "audio", "turns", "streams", "tools", "state",
    "interruption", "models", "files", "caches", "tuning", "errors", "reconnect", "limits",
    "tolerance", "malformed",
  ]

  package init(_ cases: [ConformanceCase]) {
    self.cases = cases.sorted { ConformanceSuite.place(of: $0) < ConformanceSuite.place(of: $1) }
  }

  /// Those of one level whose names begin as one of the prefixes does; without any, all of them.
  package func selection(of prefixes: [String], isStrict: Bool) -> ConformanceSuite {
    ConformanceSuite(
      cases.filter { item in
        (isStrict || item.requirement.level == .must)
          && (prefixes.isEmpty || prefixes.contains { ConformanceSuite.fits(item.id, $0) })
      })
  }

  /// Whether a name begins so, whole words at a time.
  package static func fits(_ id: String, _ prefix: String) -> Bool {
    let prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
    return id == prefix || id.hasPrefix(prefix + "/")
  }

  /// A specification of what is to be met: a heading for each section, a sentence for each
  /// requirement.
  package var text: String {
    var lines: [String] = []
    var section: String?
    for item in cases {
      if item.section != section {
        section = item.section
        lines += (lines.isEmpty ? [] : [""]) + [item.section]
      }
      let level = item.requirement.level.rawValue.uppercased()
      lines += [
        "  \(item.id)", "    \(level): \(item.requirement.text)", "    \(item.requirement.source)",
      ]
    }
    return lines.joined(separator: "\n")
  }

  private static func place(of item: ConformanceCase) -> (String, Int, String) {
    let words = item.id.split(separator: "/").map(String.init)
    let rank = words.count > 1 ? sections.firstIndex(of: words[1]) : nil
    return (words.first ?? "", rank ?? sections.count, item.id)
  }
}

/// The requirements a client is known not to meet: one name a line, and words behind `#`.
package struct Baseline: Sendable {
  private let lines: [String: SourceLocation]

  package init() { lines = [:] }

  package init(text: String, file: String) {
    var lines: [String: SourceLocation] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard let id = words.first else { continue }
      lines[String(id)] = SourceLocation(file: file, line: index + 1)
    }
    self.lines = lines
  }

  /// Where the requirement is expected to fail; nil when it is not.
  package func location(of id: String) -> SourceLocation? { lines[id] }

  /// Entries that name no requirement there is.
  package func unknown(among ids: Set<String>) -> [Diagnostic] {
    lines.filter { !ids.contains($0.key) }.sorted { $0.key < $1.key }.map { id, location in
      .error(
        "no requirement '\(id)'", at: location, hint: Spelling.hint(for: id, among: ids.sorted()))
    }
  }
}
