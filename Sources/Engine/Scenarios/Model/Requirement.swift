package import Diagnostics
package import JSON

/// What a scenario demands of a client where it is part of a conformance suite, and what the
/// client is asked to do for it.
package struct Requirement: Hashable, Sendable {
  /// RFC 2119: what every client does, and what a good one does.
  package enum Level: String, CaseIterable, Sendable {
    case must
    case should
  }

  package let level: Level
  /// What the client must do, in one sentence.
  package let text: String
  /// The vendor's document and its heading.
  package let source: String
  package let errand: Errand
  /// What the driver must say in the end; nil when it need not say anything.
  package let report: Matcher?
  /// Kinds of findings that are no fault of the client here, since the scenario provokes them.
  package let forgiven: Set<String>
  package let location: SourceLocation

  /// What may be forgiven, in the words of findings.
  static let forgivable = ["left", "refused", "unexpected", "unplayed"]
}

/// What a driver lets its client do: the `task:` of a requirement.
package struct Errand: Hashable, Sendable {
  /// One turn of the user.
  package struct Turn: Hashable, Sendable {
    /// What is typed; nil when nothing is.
    package let text: String?
    /// What is spoken; nil when nothing is.
    package let audio: FileReference?
    /// Whether the user cuts in when the answer has been heard for a second.
    package let isInterrupting: Bool
  }

  package let turns: [Turn]
  /// Everything else, as the scenario writes it.
  package let others: JSONObject

  /// As a driver gets it; `place` says where a recording is.
  package func json(_ place: (FileReference) -> String) -> JSONValue {
    let turns = turns.map { turn -> JSONValue in
      var members = JSONObject()
      if let text = turn.text { members["text"] = .string(text) }
      if let audio = turn.audio { members["audio"] = .string(place(audio)) }
      if turn.isInterrupting { members["interrupt"] = true }
      return .object(members)
    }
    return .object(JSONObject([JSONMember(name: "turns", value: .array(turns))] + others.members))
  }
}
