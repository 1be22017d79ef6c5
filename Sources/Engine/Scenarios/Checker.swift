import Diagnostics
import Documents

/// Walks a document along the grammar and collects every mistake.
struct Checker {
  private(set) var diagnostics: [Diagnostic] = []

  /// A file with a mistake on every line says enough with its first thousand.
  private static let diagnosticsMax = 1000

  mutating func check(_ node: DocumentNode, _ rule: ValueRule) {
    switch rule {
    case .list(let element): checkList(node, element)
    case .mapping(let mapping): checkMapping(node, mapping)
    case .step(let steps): checkStep(node, steps)
    case .either(let short, let long):
      if node.fits(short) {
        check(node, short)
      } else if node.fits(long) {
        check(node, long)
      } else {
        expected(rule.noun, at: node)
      }
    case .nothing: if !node.isNull { expected("nothing", at: node) }
    case .text, .version, .integer, .word, .pace, .duration, .closeCode, .shortText, .urlPath,
      .file:
      checkScalar(node, rule)
    }
  }

  private mutating func checkScalar(_ node: DocumentNode, _ rule: ValueRule) {
    guard let text = node.scalar, !node.isNull else { return expected(rule.noun, at: node) }
    switch rule {
    case .version(let version):
      if Int(text) != version {
        error(
          "this mockgem reads version \(version) of the language, not '\(text)'", at: node,
          "write 'mockgem: \(version)'")
      }
    case .integer(let range):
      guard let number = Int(text) else { return expected(rule.noun, at: node) }
      if !range.contains(number) { error("\(number) is out of range", at: node, rule.rangeHint) }
    case .word(let words):
      if !words.contains(text) {
        error("unknown word '\(text)'", at: node, Spelling.hint(for: text, among: words))
      }
    case .pace:
      if Values.pace(text) == nil {
        error(
          "unknown pace '\(text)'", at: node,
          Spelling.nearest(to: text, among: Values.paceWords).map { "did you mean '\($0)'?" }
            ?? "known here: service, realtime, fast, or a factor such as 4x")
      }
    case .duration(let range):
      guard let duration = Values.duration(text) else {
        return error("'\(text)' is no time", at: node, "such as 200ms, 1.5s or 10min")
      }
      if !range.contains(duration) { error("\(text) is out of range", at: node, rule.rangeHint) }
    case .closeCode:
      if Values.closeCode(text) == nil {
        error(
          "'\(text)' is no code a close frame may carry", at: node,
          "1000 to 1003, 1007 to 1014, or 3000 to 4999")
      }
    case .shortText(let bytesMax):
      if text.utf8.count > bytesMax {
        error(
          "\(text.utf8.count) bytes are too many", at: node,
          "a close frame has room for \(bytesMax)")
      }
    case .urlPath:
      if !text.hasPrefix("/") { error("a path begins with '/'", at: node, "write '/\(text)'") }
    case .text, .file, .nothing, .list, .mapping, .step, .either: break
    }
  }

  private mutating func checkList(_ node: DocumentNode, _ element: ValueRule) {
    guard case .sequence(let elements) = node.content else {
      return expected("a list", at: node, "begin each entry on a line of its own with '- '")
    }
    if elements.isEmpty { error("the list is empty", at: node, "leave the key out, or fill it") }
    for node in elements { check(node, element) }
  }

  private mutating func checkMapping(_ node: DocumentNode, _ rule: MappingRule) {
    guard let members = node.members else {
      return expected("a mapping", at: node, "known here: \(rule.keys.joined(separator: ", "))")
    }
    checkMembers(members, rule)
    for field in rule.fields where field.isRequired {
      if !members.contains(where: { $0.key == field.key }) {
        error("missing key '\(field.key)'", at: node, field.example.map { "add '\($0)'" })
      }
    }
  }

  private mutating func checkMembers(_ members: [DocumentMember], _ rule: MappingRule) {
    for member in members {
      if let field = rule.fields.first(where: { $0.key == member.key }) {
        check(member.value, field.value)
      } else {
        report(
          .error(
            "unknown key '\(member.key)'", at: member.keyLocation,
            hint: Spelling.hint(for: member.key, among: rule.keys)))
      }
    }
  }

  private mutating func checkStep(_ node: DocumentNode, _ steps: [StepRule]) {
    let words = steps.map(\.key)
    guard let members = node.members, let first = members.first else {
      return expected(
        "a step", at: node, "a step begins with one of: \(words.joined(separator: ", "))")
    }
    let leading = members.filter { words.contains($0.key) }
    guard let lead = leading.first, let step = steps.first(where: { $0.key == lead.key }) else {
      return report(
        .error(
          "unknown step '\(first.key)'", at: first.keyLocation,
          hint: Spelling.hint(for: first.key, among: words)))
    }
    if leading.count > 1 {
      return report(
        .error(
          "one step cannot both '\(lead.key)' and '\(leading[1].key)'",
          at: leading[1].keyLocation, hint: "make two steps, each with a '-' of its own"))
    }
    checkMembers(members, step.mapping)
  }

  // MARK: - Reports

  private mutating func expected(_ noun: String, at node: DocumentNode, _ hint: String? = nil) {
    error("expected \(noun), but found \(node.noun)", at: node, hint)
  }

  private mutating func error(_ message: String, at node: DocumentNode, _ hint: String?) {
    report(.error(message, at: node.location, hint: hint))
  }

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostics.count < Self.diagnosticsMax { diagnostics.append(diagnostic) }
  }
}

extension ValueRule {
  /// What the rule wants, for `expected …`.
  fileprivate var noun: String {
    switch self {
    case .text, .shortText: "text"
    case .version: "a version"
    case .integer: "a whole number"
    case .word(let words): "one of '\(words.joined(separator: "', '"))'"
    case .pace: "a pace"
    case .duration: "a time"
    case .closeCode: "a close code"
    case .urlPath: "a path"
    case .file: "a file"
    case .nothing: "nothing"
    case .list: "a list"
    case .mapping: "a mapping"
    case .step: "a step"
    case .either(let short, let long): "\(short.noun) or \(long.noun)"
    }
  }

  fileprivate var rangeHint: String? {
    if case .duration(let range) = self {
      return "from \(Values.spelling(range.lowerBound)) to \(Values.spelling(range.upperBound))"
    }
    guard case .integer(let range) = self else { return nil }
    if range.lowerBound == range.upperBound { return "only \(range.lowerBound) is known here" }
    if range.upperBound == .max { return "\(range.lowerBound) or more" }
    return "from \(range.lowerBound) to \(range.upperBound)"
  }
}
