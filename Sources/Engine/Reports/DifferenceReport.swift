import Diagnostics
package import JSON
package import Transcripts

/// What changed between two transcripts, for a terminal, a program or GitHub.
package struct DifferenceReport: Sendable {
  private let difference: TranscriptDifference
  private let file: String

  /// `file` is that of the expected transcript.
  package init(_ difference: TranscriptDifference, file: String) {
    self.difference = difference
    self.file = file
  }

  /// One change after the other, each with its sign: red what is gone, green what is new.
  package func text(_ paint: Paint) -> String {
    difference.changes.map { change in
      let text = "\(change.sign) \(change.words.joined(separator: "\n  "))"
      switch change {
      case .missing: return paint.red(text)
      case .added: return paint.green(text)
      case .moved, .changed: return paint.yellow(text)
      }
    }.joined(separator: "\n")
  }

  package var github: String {
    difference.changes.map { change in
      GitHub.annotation(
        "error", at: SourceLocation(file: file, line: change.line),
        message: change.words.joined(separator: "\n"), hint: nil)
    }.joined(separator: "\n")
  }

  package var json: JSONValue {
    ["file": .string(file), "changes": .array(difference.changes.map(\.json))]
  }
}

extension TranscriptDifference.Change {
  fileprivate var json: JSONValue {
    switch self {
    case .missing(let event): JSONValue.object(event.members("missing"))
    case .added(let event): JSONValue.object(event.members("added"))
    case .moved(let expected, let actual):
      JSONValue.object(
        JSONObject(
          expected.members("moved").members + [JSONMember(name: "to", value: .int(actual.line))]))
    case .changed(let expected, let actual, let fields):
      JSONValue.object(
        JSONObject(
          expected.members("changed").members + [
            JSONMember(name: "to", value: .int(actual.line)),
            JSONMember(name: "fields", value: .array(fields.map(\.json))),
          ]))
    }
  }
}

extension TranscriptEvent {
  fileprivate func members(_ change: String) -> JSONObject {
    [
      "change": .string(change), "line": .int(line), "from": .string(lane.rawValue),
      "event": .string(name),
    ]
  }
}

extension FieldChange {
  fileprivate var json: JSONValue {
    var members: JSONObject = ["path": .string(path)]
    if let expected { members["expected"] = expected }
    if let actual { members["actual"] = actual }
    members["text"] = .string(description)
    return .object(members)
  }
}
