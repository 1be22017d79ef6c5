import Diagnostics

/// `mockgem check FILE…`: every diagnostic of every file.
enum CheckCommand: Command {
  static let name = "check"
  static let summary = "Reads scenario files and shows every mistake in them."
  static let usage = "FILE..."
  static let options: [OptionRule] = []
  static let words = 1...1000

  static func run(_ arguments: Arguments) throws(Failure) {
    var isBad = false
    for path in arguments.words {
      let reading = ScenarioFile.read(path)
      for diagnostic in reading.diagnostics { Terminal.error(diagnostic.description) }
      isBad = isBad || reading.script == nil
    }
    if isBad { throw .badInput([]) }
  }
}
