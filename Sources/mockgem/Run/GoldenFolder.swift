import Diagnostics
import JSON
import Playback
import Reports
import Scenarios
import Transcripts

/// The goldens of a run: one file for each scenario and protocol, with the connections one behind
/// the other.
struct GoldenFolder {
  private let path: String
  private let isUpdating: Bool

  /// Nil when the command line asks for none.
  init?(_ arguments: Arguments) throws(Failure) {
    let isAsked = arguments.has("update") || Environment.value("MOCKGEM_GOLDEN") == "update"
    guard let path = arguments.text("golden") else {
      if arguments.has("update") {
        throw arguments.usage("'--update' needs the folder: --golden DIR")
      }
      return nil
    }
    try GoldenFolder.refuseInCI(isAsked, arguments)
    self.path = path
    isUpdating = isAsked
  }

  static func refuseInCI(_ isAsked: Bool, _ arguments: Arguments) throws(Failure) {
    guard isAsked, Environment.isCI else { return }
    throw arguments.usage(
      "goldens are never written in CI", hint: "update them where somebody reads the difference")
  }

  /// Compares every golden, or writes them all when the rest of the run is good.
  func compare(_ record: RunRecord, _ repertoire: Repertoire, mayWrite: Bool)
    throws(Failure) -> [GoldenResult]
  {
    var results: [GoldenResult] = []
    for script in repertoire.scripts {
      let scenario = script.scenario
      let connections = record.connections.filter { $0.scenario == scenario.name }
      var names: [String] = []
      for name in connections.map(\.summary.protocolName) where !names.contains(name) {
        names.append(name)
      }
      for name in names {
        let lines = connections.filter { $0.summary.protocolName == name }
          .flatMap(\.transcript.lines)
        let file = "\(path)/\(scenario.stem).\(name).jsonl"
        let problems = try compare(Transcript(lines: lines), with: file, mayWrite: mayWrite)
        results.append(GoldenResult(file: file, scenario: scenario.name, problems: problems))
      }
    }
    return results
  }

  private func compare(_ actual: Transcript, with file: String, mayWrite: Bool)
    throws(Failure) -> [Verdict.Problem]
  {
    if isUpdating {
      guard mayWrite else {
        return [
          .init(
            kind: "golden", text: "not written, since the run failed otherwise",
            hint: "mend the rest first")
        ]
      }
      try Files.write(actual.normalized.encoded, to: file)
      return []
    }
    guard Files.stamp(file) != nil else {
      return [
        .init(
          kind: "golden", text: "there is no golden yet",
          hint: "write it with --update, and read it")
      ]
    }
    let expected = try TranscriptFile.read(file)
    let difference = TranscriptDifference(
      expected: expected, actual: actual, order: .sides, kind: Catalogue.kind)
    if difference.isEmpty { return [] }
    return [
      .init(
        kind: "golden", text: "the transcript differs\n\(difference)",
        hint: "if it is right, write it with --update")
    ]
  }
}
