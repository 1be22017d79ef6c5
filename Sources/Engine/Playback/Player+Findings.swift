import Conversation
import Diagnostics
import JSON
import Scenarios
import Transcripts
import VirtualTime
import Wire

/// What a player finds out, on its way into the file of findings.
extension Player {
  /// The name of the file that all connections write what is found out to.
  static let findingsFile = "findings.jsonl"

  /// Plays an event, and takes along what was found out.
  mutating func judge(_ event: PeerEvent, at now: Instant, in memory: inout Memory)
    -> (commands: [PeerCommand], verdicts: [Finding])
  {
    let commands = receive(event, at: now, in: &memory)
    return (commands, verdicts.isEmpty ? [] : takeVerdicts())
  }

  mutating func takeVerdicts() -> [Finding] {
    defer { verdicts = [] }
    return verdicts
  }

  mutating func note(_ finding: Finding, at now: Instant, into commands: inout [PeerCommand]) {
    guard recording != nil || finding.kind.isVerdict else { return }
    let finding = finding.advised(by: wireProtocol.guidance)
    if finding.kind.isVerdict { verdicts.append(finding) }
    guard let recording else { return }
    let members = finding.members(of: recording.file, scenario: namespace.scenario)
    commands.append(
      .record(line: recording.recorder.line(noting: members, at: now), file: Self.findingsFile))
  }

  /// What a session warns of is what the service refuses, or would refuse.
  mutating func noteRefusal(_ line: LogLine, at now: Instant, into commands: inout [PeerCommand]) {
    guard line.level == .warning else { return }
    // The kind of the finding says it already.
    let words = ["refused: ", "refused "].first { line.text.hasPrefix($0) } ?? ""
    note(
      Finding(
        kind: isStrict ? .refused : .tolerated, location: place,
        text: String(line.text.dropFirst(words.count))),
      at: now, into: &commands)
  }

  /// What the log says of faults is a mark in the time line as well.
  mutating func noteFaults(at now: Instant, into commands: inout [PeerCommand]) {
    let words = commands.compactMap { command in
      if case .log(let line) = command, line.text.hasPrefix("fault: ") {
        return String(line.text.dropFirst(7))
      }
      return nil
    }
    for text in words {
      note(Finding(kind: .fault, location: nil, text: text), at: now, into: &commands)
    }
  }

  /// A client that goes while the model speaks misses something; after a fault it may well go.
  mutating func noteLeaving(at now: Instant, into commands: inout [PeerCommand]) {
    guard isOpen, !isExchange, !hasFaulted, isBusy else { return }
    note(
      Finding(
        kind: .left, location: nil,
        text: "the client ended the connection while the model was busy",
        hint: "wait for the end of the answer before the connection is closed"),
      at: now, into: &commands)
  }
}
