package import Diagnostics
import JSON
package import Transcripts

/// What a server wrote down while a command ran: transcripts, findings and audio.
package struct RunRecord: Sendable {
  /// In the order they were opened.
  package private(set) var connections: [Connection] = []
  package private(set) var strays: [Note] = []
  package private(set) var audio: [AudioPiece] = []

  /// The file that findings of all connections stand in.
  package static let findingsFile = "findings.jsonl"

  /// `files` by name, each with its lines; a line that is no JSON is passed over.
  package init(files: [(name: String, lines: [[UInt8]])]) {
    var places: [String: Int] = [:]
    for file in files where file.name != Self.findingsFile {
      if file.name.hasPrefix(AudioPiece.folder) {
        audio += file.lines.compactMap { (try? JSONValue(parsing: $0)).flatMap(AudioPiece.init) }
        continue
      }
      places[file.name] = connections.count
      connections.append(Connection(file.name, lines: file.lines))
    }
    for line in files.first(where: { $0.name == Self.findingsFile })?.lines ?? [] {
      guard let note = (try? JSONValue(parsing: line)).flatMap(Note.init) else { continue }
      if let place = note.transcript.flatMap({ places[$0] }) {
        connections[place].add(note)
      } else {
        strays.append(note)
      }
    }
  }
}

/// One finding, as a file of findings holds it.
package struct Note: Hashable, Sendable {
  /// Seconds since the connection was opened.
  package let at: Double
  package let kind: String
  package let transcript: String?
  package let scenario: String
  package let location: SourceLocation?
  package let text: String
  package let hint: String?

  init?(_ line: JSONValue) {
    guard let kind = line["finding"]?.string else { return nil }
    self.kind = kind
    at = line["at"]?.double ?? 0
    transcript = line["transcript"]?.string
    scenario = line["scenario"]?.string ?? ""
    text = line["text"]?.string ?? ""
    hint = line["hint"]?.string
    location = line["file"]?.string.map { file in
      SourceLocation(
        file: file, line: line["line"]?.integer ?? 1, column: line["column"]?.integer ?? 1)
    }
  }

  /// Kinds that fail a run; a word that is not known here comes from a later version.
  package var isFailure: Bool {
    ["unmet", "late", "missing", "refused", "unplayed", "unexpected", "left"].contains(kind)
  }

  /// Whether it tells what became of one thing that was expected.
  var isExpectation: Bool { ["met", "unmet", "late", "missing"].contains(kind) }

  var problem: Verdict.Problem {
    Verdict.Problem(kind: kind, text: text, hint: hint, location: location)
  }
}
