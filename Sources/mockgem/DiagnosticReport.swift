import Diagnostics
import JSON
import Reports

/// Shows diagnostics: to a person with the line they are about, to a program, or to GitHub.
struct DiagnosticReport {
  enum Format: String { case text, json, github }

  private let format: Format
  private var lines: [String: [Substring]] = [:]
  private var collected: [JSONValue] = []

  init(_ format: Format) { self.format = format }

  mutating func add(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics {
      switch format {
      case .text: Terminal.error(text(of: diagnostic))
      case .github:
        Terminal.output(
          GitHub.annotation(
            diagnostic.severity.rawValue, at: diagnostic.location, message: diagnostic.message,
            hint: diagnostic.hint))
      case .json: collected.append(DiagnosticReport.json(diagnostic))
      }
    }
  }

  func finish() {
    if case .json = format { Terminal.output(JSONValue.array(collected).description) }
  }

  /// The message, the line it is about, and a caret below the place.
  private mutating func text(of diagnostic: Diagnostic) -> String {
    let place = diagnostic.location
    var text = "\(place): \(diagnostic.severity.rawValue): \(diagnostic.message)"
    if let line = line(place), !line.allSatisfy(\.isWhitespace) {
      let before = line.prefix(place.column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
      text += "\n  \(line)\n  \(before)^"
    }
    return diagnostic.hint.map { "\(text)\nhint: \($0)" } ?? text
  }

  private mutating func line(_ place: SourceLocation) -> Substring? {
    if lines[place.file] == nil {
      let bytes = (try? Files.read(place.file)) ?? []
      lines[place.file] = String(decoding: bytes, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
    }
    guard let lines = lines[place.file], lines.indices.contains(place.line - 1) else { return nil }
    let line = lines[place.line - 1]
    return line.count <= 200 ? line : nil
  }

  private static func json(_ diagnostic: Diagnostic) -> JSONValue {
    [
      "file": .string(diagnostic.location.file), "line": .int(diagnostic.location.line),
      "column": .int(diagnostic.location.column),
      "severity": .string(diagnostic.severity.rawValue), "message": .string(diagnostic.message),
      "hint": .optional(diagnostic.hint),
    ]
  }
}
