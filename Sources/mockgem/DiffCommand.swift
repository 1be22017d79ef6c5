import Diagnostics
import JSON
import Reports
import Transcripts

/// `mockgem diff EXPECTED ACTUAL`: what changed between two transcripts.
enum DiffCommand: Command {
  static let name = "diff"
  static let summary = "Compares two transcripts; identifiers, times and random fill do not count."
  static let usage = "EXPECTED ACTUAL [--option value]"
  static let words = 2...2
  static let options = [
    OptionRule("format", "text|json|github", "how differences are shown (default text)"),
    OptionRule("order", "total|sides", "whether it counts how both sides mesh (default total)"),
    OptionRule("update", "writes ACTUAL over EXPECTED; MOCKGEM_GOLDEN=update does the same"),
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    let format = try CheckCommand.format(arguments)
    let order = try order(arguments)
    let isUpdating = arguments.has("update") || Environment.value("MOCKGEM_GOLDEN") == "update"
    try GoldenFolder.refuseInCI(isUpdating, arguments)
    let actual = try TranscriptFile.read(arguments.words[1])
    if isUpdating {
      return try Files.write(actual.normalized.encoded, to: arguments.words[0])
    }
    let expected = try TranscriptFile.read(arguments.words[0])
    let difference = TranscriptDifference(
      expected: expected, actual: actual, order: order, kind: Catalogue.kind)
    let report = DifferenceReport(difference, file: arguments.words[0])
    switch format {
    case .text:
      if !difference.isEmpty {
        Terminal.output(report.text(Paint(isColored: Terminal.isOutputColored)))
      }
    case .json: Terminal.output(report.json.description)
    case .github: if !difference.isEmpty { Terminal.output(report.github) }
    }
    if difference.isEmpty { return }
    throw Failure(
      .subjectFailed, "\(arguments.words[1]) differs from \(arguments.words[0])", hint: nil)
  }

  private static func order(_ arguments: Arguments) throws(Failure) -> TranscriptDifference.Order {
    switch arguments.text("order") {
    case nil, "total": return .total
    case "sides": return .sides
    case .some(let word):
      throw arguments.usage("unknown order '\(word)'", hint: "'total' or 'sides'")
    }
  }
}
