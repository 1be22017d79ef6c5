import Diagnostics
import JSON
import Transcripts

/// `mockgem diff EXPECTED ACTUAL`: what changed between two transcripts.
enum DiffCommand: Command {
  static let name = "diff"
  static let summary = "Compares two transcripts; identifiers, times and random fill do not count."
  static let usage = "EXPECTED ACTUAL"
  static let options: [OptionRule] = []
  static let words = 2...2

  static func run(_ arguments: Arguments) throws(Failure) {
    let expected = try read(arguments.words[0])
    let actual = try read(arguments.words[1])
    let difference = TranscriptDifference(expected: expected, actual: actual)
    if difference.isEmpty { return }
    Terminal.output(difference.description)
    throw Failure(
      .subjectFailed, "\(arguments.words[1]) differs from \(arguments.words[0])", hint: nil)
  }

  private static func read(_ path: String) throws(Failure) -> Transcript {
    let bytes = try Files.read(path)
    do {
      return try Transcript(parsing: bytes)
    } catch {
      let location = SourceLocation(file: path, line: error.line, column: error.column)
      throw .badInput([
        .error(error.reason, at: location, hint: "a transcript holds one JSON object per line")
      ])
    }
  }
}
