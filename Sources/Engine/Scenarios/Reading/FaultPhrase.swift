import Diagnostics
import Documents
package import Faults

/// A fault in one line, as the command line and the control API take it.
///
///     reset after 3 audio chunks on connection 1
///     delay 200ms on response.output_audio.delta with probability 0.5
///     garble how=missing on response.done times 1
///     drop to server
///     status 503 during 10s-40s
package enum FaultPhrase {
  /// Why a line is no fault.
  package struct Mistake: Error {
    package let message: String
    package let hint: String?
  }

  private static let markers = ["after", "on", "with", "times", "to", "lasts", "during"]

  package static func read(_ text: String) throws(Mistake) -> FaultPlan {
    var words = text.split(separator: " ").map(String.init)[...]
    guard let name = words.popFirst() else {
      throw Mistake(message: "no fault is named", hint: "such as 'reset after 3 audio chunks'")
    }
    guard let type = FaultCatalogue.type(named: name) else {
      throw Mistake(
        message: "unknown fault '\(name)'",
        hint: Spelling.hint(for: name, among: FaultCatalogue.names))
    }
    var fields: [String: String] = [:]
    while let word = words.first, !markers.contains(word) {
      words.removeFirst()
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        fields[parts[0]] = parts[1]
      } else if let key = type.shorthand, fields[key] == nil {
        fields[key] = word
      } else {
        throw Mistake(
          message: "'\(name)' takes no value '\(word)'",
          hint: "settings are written as key=value, without blanks; see 'mockgem faults \(name)'")
      }
    }
    let span = try readClauses(&words, into: &fields)
    var plan = try plan(name, fields, text)
    if let span { plan.connections = span.first...(span.last ?? .max) }
    return plan
  }

  private static func readClauses(
    _ words: inout ArraySlice<String>, into fields: inout [String: String]
  ) throws(Mistake) -> (first: Int, last: Int?)? {
    var span: (first: Int, last: Int?)?
    while let marker = words.popFirst() {
      let clause = words.prefix { !markers.contains($0) }
      words = words.dropFirst(clause.count)
      let rest = clause.joined(separator: " ")
      switch (marker, clause.first) {
      case ("on", "connection"?), ("on", "connections"?):
        span = Values.span(clause.dropFirst().joined())
        if span == nil {
          throw Mistake(message: "'on \(rest)' counts nothing", hint: "such as 'on connection 1-3'")
        }
      case ("with", "probability"?):
        fields["probability"] = clause.dropFirst().joined(separator: " ")
      case ("to", "server"?), ("to", "client"?): fields["direction"] = "to_\(rest)"
      case ("after", _?), ("on", _?), ("times", _?), ("lasts", _?), ("during", _?):
        if rest.contains("=") {
          throw Mistake(
            message: "'\(rest)' stands too late",
            hint: "settings come before 'after', 'on', 'times' and the like")
        }
        fields[marker] = rest
      default:
        throw Mistake(
          message: "'\(marker) \(rest)' says nothing here",
          hint: "known: after AMOUNT, on KIND, on connection N, with probability P, times N, "
            + "lasts TIME, during TIME-TIME, to server")
      }
    }
    return span
  }

  /// The words are checked by the same tables as a scenario's.
  private static func plan(_ name: String, _ fields: [String: String], _ text: String)
    throws(Mistake) -> FaultPlan
  {
    let place = SourceLocation(file: text)
    func scalar(_ text: String) -> DocumentNode {
      DocumentNode(.scalar(text: text, isPlain: true), at: place)
    }
    let members = fields.sorted { $0.key < $1.key }.map {
      DocumentMember(key: $0.key, keyLocation: place, value: scalar($0.value))
    }
    let value = members.isEmpty ? scalar("") : DocumentNode(.mapping(members), at: place)
    let node = DocumentNode(
      .mapping([DocumentMember(key: name, keyLocation: place, value: value)]), at: place)
    var checker = Checker()
    checker.check(node, .mapping(Grammar.faults))
    if let mistake = checker.diagnostics.first {
      throw Mistake(message: mistake.message, hint: mistake.hint)
    }
    guard let plan = ScenarioBuilder(folder: "").fault(node) else {
      throw Mistake(message: "'\(text)' is no fault", hint: nil)
    }
    return plan
  }
}
