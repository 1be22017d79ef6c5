package import Conversation

/// The reference of the language as Markdown, out of the tables the reader uses.
package enum Reference {
  /// `protocols` bring what may stand under their names.
  package static func markdown(for protocols: [WireProtocol]) -> String {
    var sections = [
      table("A file", Grammar.file(protocols)),
      "### Steps\n\n" + Grammar.steps.map(step).joined(separator: "\n\n"),
    ]
    let parts: [(String, MappingRule)] = [
      ("What a call is", Grammar.call), ("What code execution is", Grammar.execution),
      ("What a picture is", Grammar.picture), ("What a failure is", Grammar.failure),
      ("How a turn ends", Grammar.turnEnd), ("How a connection is closed", Grammar.closing),
      ("What goes wrong on the wire", Grammar.faults), ("A rule", Grammar.rule),
      ("When a rule is taken", Grammar.condition), ("A connection", Grammar.connection),
      ("A requirement", Grammar.requirement), ("What a client is asked to do", Grammar.errand),
      ("A turn of the user", Grammar.errandTurn),
      ("A route", Grammar.route), ("Bytes of a body", Grammar.bytes),
      ("An answer over HTTP", Grammar.answer), ("A server-sent event", Grammar.event),
      ("Auth", Grammar.auth), ("Defaults", Grammar.defaults),
      ("What chooses a scenario", Grammar.selection),
    ]
    sections += parts.map { table($0.0, $0.1) }
    sections.append("### Settings of every fault\n\n" + rows(Grammar.common))
    for wireProtocol in protocols where !wireProtocol.options.isEmpty {
      sections.append(table("Under `\(wireProtocol.name):`", Grammar.settings(of: wireProtocol)))
    }
    sections.append(abilities(of: protocols))
    return sections.joined(separator: "\n\n") + "\n"
  }

  private static func table(_ title: String, _ rule: MappingRule) -> String {
    "### \(title)\n\n" + rows(rule.fields)
  }

  private static func step(_ rule: StepRule) -> String {
    "#### `\(rule.key)`\n\n" + rows(rule.mapping.fields)
  }

  private static func rows(_ fields: [FieldRule]) -> String {
    let rows = fields.map { field in
      let key = "`\(field.key)`" + (field.isRequired ? " (required)" : "")
      return "| \(key) | \(words(for: field.value)) | \(field.summary) |"
    }
    return (["| key | value | meaning |", "|---|---|---|"] + rows).joined(separator: "\n")
  }

  private static func abilities(of protocols: [WireProtocol]) -> String {
    let head = "| step | \(protocols.map(\.name).joined(separator: " | ")) |"
    let line = "|---|" + String(repeating: "---|", count: protocols.count)
    let rows = Ability.allCases.map { ability in
      let marks = protocols.map { $0.abilities.contains(ability) ? "yes" : "" }
      return "| `\(ability.rawValue)` | \(marks.joined(separator: " | ")) |"
    }
    return "### What each protocol can express\n\n" + ([head, line] + rows).joined(separator: "\n")
  }

  private static func words(for rule: ValueRule) -> String {
    switch rule {
    case .text, .shortText: "text"
    case .template: "text with `${…}`"
    case .version(let version): "`\(version)`"
    case .integer(let range): words(for: range)
    case .number(let range): "number, \(range.lowerBound) to \(range.upperBound)"
    case .flag: "`true` or `false`"
    case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .pace: "`service`, `realtime`, `fast`, `4x`"
    case .duration: "time: `200ms`, `1.5s`, `10min`"
    case .closeCode: "close code"
    case .urlPath: "path: `/things/{id}`, `/files/*`"
    case .file: "file"
    case .base64: "base64"
    case .pattern: "regular expression"
    case .span: "`2`, `1-3`, `4-`"
    case .window: "`10s-40s`"
    case .trigger: "`3 audio chunks`, `1.2s audio`, `2 messages`, `4096 bytes`"
    case .nothing: "nothing"
    case .json: "any value, with `${…}`"
    case .matcher: "matcher"
    case .list(let element): "list of: \(words(for: element))"
    case .mapping(let rule): words(for: rule)
    case .map(let element, let key): "\(key): \(words(for: element))"
    case .steps: "list of steps"
    case .either(let short, let long): "\(words(for: short)); or \(words(for: long))"
    }
  }

  /// The keys of a mapping; those of every fault have a table of their own.
  private static func words(for rule: MappingRule) -> String {
    if rule.name == Grammar.faults.name { return "a fault" }
    let common = Grammar.common.map(\.key)
    let own = rule.keys.filter { !common.contains($0) }
    if own.count + common.count != rule.keys.count { return keys(rule.keys) }
    return keys(own) + (own.isEmpty ? "settings of every fault" : ", and those of every fault")
  }

  private static func keys(_ keys: [String]) -> String {
    keys.map { "`\($0)`" }.joined(separator: ", ")
  }

  private static func words(for range: ClosedRange<Int>) -> String {
    range.upperBound == .max
      ? "whole number from \(range.lowerBound)"
      : "whole number, \(range.lowerBound) to \(range.upperBound)"
  }
}
