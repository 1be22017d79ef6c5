import Conversation
import Diagnostics
import Faults
import JSON

/// `mockgem faults [NAME]`: the catalogue of what can go wrong.
enum FaultsCommand: Command {
  static let name = "faults"
  static let summary = "Lists the faults a scenario, --fault or the control API can order."
  static let usage = "[NAME]"
  static let options = [
    OptionRule("format", "text|json", "for people, or the catalogue for programs (default text)")
  ]
  static let words = 0...1

  static func run(_ arguments: Arguments) throws(Failure) {
    switch arguments.text("format") {
    case nil, "text": break
    case "json": return Terminal.output(catalogue.description)
    case .some(let word):
      throw arguments.usage("unknown format '\(word)'", hint: "'text' or 'json'")
    }
    guard let name = arguments.words.first else { return Terminal.output(overview) }
    guard let type = FaultCatalogue.type(named: name) else {
      throw .usage(
        "unknown fault '\(name)'", hint: Spelling.hint(for: name, among: FaultCatalogue.names))
    }
    Terminal.output(manual(of: type))
  }

  private static var overview: String {
    let width = FaultCatalogue.names.map(\.count).max() ?? 0
    let list = FaultCatalogue.types.map { type in
      "  \(type.name)\(String(repeating: " ", count: width - type.name.count + 2))\(type.summary)"
    }
    return """
      \(list.joined(separator: "\n"))

      in a scenario, beside a step:   fault: {reset: {after: 3 audio chunks}}
      for a file or some connections: faults: [{delay: 200ms}]
      on the command line:            mockgem serve x.yaml --fault 'reset after 3 audio chunks'
      while it runs:                  curl -d 'drop on response.done' http://HOST/mockgem/faults
      """
  }

  private static func manual(of type: any Fault.Type) -> String {
    let rules = type.settings + FaultCatalogue.common
    let width = rules.map(\.key.count).max() ?? 0
    let lines = rules.map { rule in
      "  \(rule.key)\(String(repeating: " ", count: width - rule.key.count + 2))\(rule.summary)"
    }
    let key = type.settings.first?.key
    let media = type.media.map(\.rawValue).joined(separator: ", ")
    return """
      \(type.name): \(type.summary)

      \(lines.joined(separator: "\n"))

      where: \(media)
      in a scenario: faults: [{\(type.name): {\(key.map { "\($0): …" } ?? "after: 2 messages")}}]
      on one line:   \(type.name) \(key.map { "\($0)=…" } ?? "after 2 messages")
                     first settings as KEY=VALUE, then any of: after AMOUNT, on KIND,
                     on connection N-M, with probability P, times N, lasts TIME, during TIME-TIME,
                     to server
      """
  }

  private static var catalogue: JSONValue {
    .array(
      FaultCatalogue.types.map { type in
        [
          "name": .string(type.name), "summary": .string(type.summary),
          "media": .array(type.media.map { .string($0.rawValue) }),
          "settings": .array(type.settings.map { .string($0.key) }),
        ]
      })
  }
}
