import Conversation
package import Diagnostics
import JSON

/// Something that was found out while a scenario was played.
package struct Finding: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A connection was opened, and a scenario begins on it.
    case opened
    /// A step was played.
    case played
    /// Something goes wrong on the wire because the scenario wants it.
    case fault
    /// It came as expected.
    case met
    /// It came, and was different.
    case unmet
    /// It did not come in time.
    case late
    /// It was expected, and the connection ended before it came.
    case missing
    /// The service refused what the client sent.
    case refused
    /// The service would have refused it, and the scenario is lenient.
    case tolerated
    /// The connection ended, and steps were left.
    case unplayed
    /// A request or a turn that nothing in the scenario answers.
    case unexpected
    /// The client ended the connection while the model was at work.
    case left

    /// Whether it says something of the client, and not of the course of things.
    var isVerdict: Bool {
      switch self {
      case .opened, .played: false
      case .fault, .met, .unmet, .late, .missing, .refused, .tolerated, .unplayed, .unexpected,
        .left:
        true
      }
    }

    /// Whether a run in which it happens has failed.
    package var isFailure: Bool {
      switch self {
      case .opened, .played, .fault, .met, .tolerated: false
      case .unmet, .late, .missing, .refused, .unplayed, .unexpected, .left: true
      }
    }
  }

  package let kind: Kind
  /// The step it is about; nil where no step is.
  package let location: SourceLocation?
  /// What was expected, and what came.
  package let text: String
  /// What the scenario awaited, as `Guidance.awaits` names it.
  package var awaited: String?
  /// What to do about it.
  package var hint: String?

  package init(
    kind: Kind, location: SourceLocation?, text: String, awaited: String? = nil,
    hint: String? = nil
  ) {
    self.kind = kind
    self.location = location
    self.text = text
    self.awaited = awaited
    self.hint = hint
  }

  /// With what the vendor's documentation asks for, where the protocol knows it.
  func advised(by guidance: Guidance) -> Finding {
    guard hint == nil, kind.isFailure, let awaited, let advice = guidance.awaits[awaited] else {
      return self
    }
    var advised = self
    advised.hint = advice
    return advised
  }

  /// The members of a line in a file of findings.
  func members(of transcript: String?, scenario: String) -> JSONObject {
    var members: JSONObject = [
      "finding": .string(kind.rawValue), "transcript": .optional(transcript),
      "scenario": .string(scenario),
    ]
    if let location {
      members["file"] = .string(location.file)
      members["line"] = .int(location.line)
      members["column"] = .int(location.column)
    }
    members["text"] = .string(text)
    if let hint { members["hint"] = .string(hint) }
    return members
  }
}
