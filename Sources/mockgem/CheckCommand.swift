import Diagnostics

/// `mockgem check FILE…`: every diagnostic of every file.
enum CheckCommand: Command {
  static let name = "check"
  static let summary = "Reads scenarios and shows every mistake in them."
  static let usage = "FILE|FOLDER... [--option value]"
  static let options = [
    OptionRule("format", "text|json|github", "how mistakes are shown (default text)"),
    OptionRule("root", "DIR", "the folder that no file of a scenario may lie outside of"),
  ]
  static let words = 1...1000

  static func run(_ arguments: Arguments) throws(Failure) {
    let format = try format(arguments)
    let files = try ScenarioFolder.files(arguments.words)
    let (readings, clashes) = ScenarioFolder.read(files, root: arguments.text("root"))
    var report = DiagnosticReport(format)
    for reading in readings { report.add(reading.diagnostics) }
    report.add(clashes)
    report.finish()
    if !clashes.isEmpty || readings.contains(where: { $0.script == nil }) { throw .badInput([]) }
  }

  static func format(_ arguments: Arguments) throws(Failure) -> DiagnosticReport.Format {
    guard let word = arguments.text("format") else { return .text }
    guard let format = DiagnosticReport.Format(rawValue: word) else {
      throw arguments.usage("unknown format '\(word)'", hint: "'text', 'json' or 'github'")
    }
    return format
  }
}
