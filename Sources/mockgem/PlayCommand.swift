import Conversation
import Diagnostics
import JSON
import Playback
import Scenarios
import Transcripts
import Wire

/// `mockgem play FILE`: a scenario on paper.
enum PlayCommand: Command {
  static let name = "play"
  static let summary = "Plays a scenario on paper, in virtual time, and prints what happens."
  static let usage = "FILE [--option value]"
  static let words = 1...1
  static let options = [
    OptionRule("as", "PROTOCOL", "the protocol (default the first that can express it)"),
    OptionRule("key", "KEY", "what the client shows (default a key that 'auth' accepts)"),
    OptionRule("client", "TRANSCRIPT", "the client of a recording, instead of one on paper"),
    OptionRule("format", "text|jsonl", "for people, or as goldens are (default text)"),
    OptionRule("root", "DIR", "the folder that no file of a scenario may lie outside of"),
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    let isText = try isText(arguments)
    let reading = ScenarioFile.read(arguments.words[0], root: arguments.text("root"))
    var report = DiagnosticReport(.text)
    report.add(reading.diagnostics)
    guard let script = reading.script else { throw .badInput([]) }
    let wireProtocol = try wireProtocol(for: script, arguments)
    let client = try recordedClient(arguments)
    let outcome = Rehearsal.play(
      script, over: wireProtocol, with: client, key: arguments.text("key"))
    for (index, lines) in outcome.connections.enumerated() {
      let transcript = try transcript(lines)
      if isText {
        if index > 0 { Terminal.output("") }
        Terminal.output("connection \(index + 1) over \(wireProtocol.name)")
        Terminal.output(Sequence(transcript, kind: wireProtocol.kind).description)
      } else {
        for line in transcript.normalized.lines { Terminal.output(line.description) }
      }
    }
    for line in outcome.log where line.level != .info {
      Terminal.error("mockgem: \(line.level.rawValue): \(line.text)")
    }
    if let obstacle = outcome.obstacle {
      throw Failure(.subjectFailed, obstacle, hint: "play it to a client of your own with 'serve'")
    }
  }

  /// Its audio stands beside the transcript, where it was kept.
  private static func recordedClient(_ arguments: Arguments) throws(Failure) -> RecordedClient? {
    guard let path = arguments.text("client") else { return nil }
    let transcript = try TranscriptFile.read(path)
    let folder = Paths.folder(of: path)
    let pieces = try? TranscriptFile.read(folder.isEmpty ? "audio.jsonl" : "\(folder)/audio.jsonl")
    return RecordedClient(
      transcript, audio: pieces?.lines.compactMap(AudioPiece.init) ?? [])
  }

  private static func isText(_ arguments: Arguments) throws(Failure) -> Bool {
    switch arguments.text("format") {
    case nil, "text": return true
    case "jsonl": return false
    case .some(let word):
      throw arguments.usage("unknown format '\(word)'", hint: "'text' or 'jsonl'")
    }
  }

  private static func wireProtocol(for script: Script, _ arguments: Arguments) throws(Failure)
    -> WireProtocol
  {
    let able = script.scenario.ableProtocols(of: Catalogue.protocols.filter { $0.client != nil })
    guard let name = arguments.text("as") else {
      if let first = able.first { return first }
      throw Failure(.badInput, "no protocol plays this scenario on paper", hint: nil)
    }
    guard let wireProtocol = Catalogue.protocols.first(where: { $0.name == name }) else {
      throw arguments.usage(
        "unknown protocol '\(name)'",
        hint: Spelling.hint(for: name, among: Catalogue.protocols.map(\.name)))
    }
    guard able.contains(where: { $0.name == name }) else {
      throw Failure(
        .badInput, "\(name) cannot express this scenario",
        hint: "it can be played as: \(able.map(\.name).joined(separator: ", "))")
    }
    return wireProtocol
  }

  private static func transcript(_ lines: [[UInt8]]) throws(Failure) -> Transcript {
    do {
      return try Transcript(parsing: Array(lines.joined(separator: [10])))
    } catch {
      throw Failure(.internalError, "the transcript is not readable: \(error)", hint: nil)
    }
  }
}
