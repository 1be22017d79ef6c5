import Diagnostics
import Documents
import JSON

/// Walks a document along the grammar and collects every mistake.
struct Checker {
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasErrors = false

  /// A file with a mistake on every line says enough with its first thousand.
  private static let diagnosticsMax = 1000

  mutating func check(_ node: DocumentNode, _ rule: ValueRule) {
    switch rule {
    case .list(let element): checkList(node, element)
    case .steps: checkSteps(node)
    case .mapping(let mapping): checkMapping(node, mapping)
    case .map(let value, let key): checkMap(node, value, key)
    case .either(let short, let long):
      if node.prefers(short, to: long) {
        check(node, short)
      } else if node.fits(long) {
        check(node, long)
      } else {
        expected(rule.noun, at: node)
      }
    case .nothing: if !node.isNull { expected("nothing", at: node) }
    case .json: checkTemplate(node)
    case .matcher:
      var reader = MatcherReader()
      _ = reader.read(node)
      for diagnostic in reader.diagnostics { report(diagnostic) }
    case .text, .template, .version, .integer, .number, .flag, .word, .pace, .duration, .closeCode,
      .shortText, .urlPath, .file, .base64, .pattern, .span, .trigger, .window:
      checkScalar(node, rule)
    }
  }

  private mutating func checkTemplate(_ node: DocumentNode) {
    do throws(TemplateReader.Mistake) {
      _ = try node.template()
    } catch {
      self.error(error.message, at: node, error.hint)
    }
  }

  private mutating func checkScalar(_ node: DocumentNode, _ rule: ValueRule) {
    guard let text = node.scalar, !node.isNull else { return expected(rule.noun, at: node) }
    switch rule {
    case .template: checkTemplate(node)
    case .version(let version):
      if Int(text) != version {
        error(
          "this mockgem reads version \(version) of the language, not '\(text)'", at: node,
          "write 'mockgem: \(version)'")
      }
    case .integer(let range):
      guard let number = Int(text) else { return expected(rule.noun, at: node) }
      if !range.contains(number) { error("\(number) is out of range", at: node, rule.rangeHint) }
    case .number(let range):
      guard let number = Double(text) else { return expected(rule.noun, at: node) }
      if !range.contains(number) { error("\(text) is out of range", at: node, rule.rangeHint) }
    case .flag:
      if Values.flag(text) == nil {
        error("expected true or false, but found '\(text)'", at: node, nil)
      }
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
    case .base64:
      if Base64.decode(text) == nil { error("'\(text)' is no base64", at: node, nil) }
    case .pattern:
      if !Values.isPattern(text) { error("'\(text)' is no regular expression", at: node, nil) }
    case .span:
      if Values.span(text) == nil {
        error("'\(text)' counts nothing", at: node, "such as 1, 1-3 or 4-, counted from 1")
      }
    case .window:
      if Values.window(text) == nil {
        error("'\(text)' are no two times", at: node, "such as '10s-40s', the earlier first")
      }
    case .trigger:
      if Values.trigger(text) == nil {
        error(
          "'\(text)' says no amount", at: node,
          "such as '3 audio chunks', '1.2s audio', '2 messages' or '4096 bytes'")
      }
    case .urlPath:
      if !text.hasPrefix("/") {
        error("a path begins with '/'", at: node, "write '/\(text)'")
      } else if text.contains("?") {
        error("'?' is no part of a path", at: node, "match parameters by 'query:'")
      } else if text == "/mockgem" || text.hasPrefix("/mockgem/") {
        error("the control API is at '/mockgem'", at: node, "take another path")
      } else if PathTemplate(text) == nil {
        error(
          "'\(text)' is no path", at: node,
          "a word, '{name}' for any word, and '*' only at the end")
      }
    case .text, .file, .nothing, .json, .matcher, .list, .steps, .mapping, .map, .either: break
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
    if !rule.alternatives.isEmpty {
      checkOne(of: members, rule.alternatives, "keep one of them")
      if rule.needsAlternative, !members.contains(where: { rule.alternatives.contains($0.key) }),
        members.allSatisfy({ rule.keys.contains($0.key) })
      {
        error(
          "this says nothing", at: node,
          "add one of: \(rule.alternatives.joined(separator: ", "))")
      }
    }
    for field in rule.fields where field.isRequired {
      let isMisspelt = members.contains {
        !rule.keys.contains($0.key) && Spelling.nearest(to: $0.key, among: rule.keys) == field.key
      }
      if !isMisspelt, !members.contains(where: { $0.key == field.key }) {
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

  private mutating func checkMap(_ node: DocumentNode, _ value: ValueRule, _ key: String) {
    guard let members = node.members else {
      return expected("a mapping", at: node, "each key is a \(key)")
    }
    for member in members {
      if key == "name", !Values.isName(member.key) {
        report(
          .error(
            "'\(member.key)' is no name", at: member.keyLocation,
            hint: "letters, digits and '_'"))
      }
      check(member.value, value)
    }
  }

  private mutating func checkSteps(_ node: DocumentNode) {
    guard case .sequence(let elements) = node.content else {
      return expected("a list", at: node, "begin each entry on a line of its own with '- '")
    }
    if elements.isEmpty { error("the list is empty", at: node, "leave the key out, or fill it") }
    for node in elements { checkStep(node) }
  }

  private mutating func checkStep(_ node: DocumentNode) {
    guard let members = node.members, let first = members.first else {
      return expected(
        "a step", at: node,
        "a step begins with one of: \(Grammar.stepWords.joined(separator: ", "))")
    }
    let leading = members.filter { Grammar.stepsByWord[$0.key] != nil }
    guard let lead = leading.first, let step = Grammar.stepsByWord[lead.key] else {
      return report(
        .error(
          "unknown step '\(first.key)'", at: first.keyLocation,
          hint: Spelling.hint(for: first.key, among: Grammar.stepWords)))
    }
    if leading.count > 1 {
      return report(
        .error(
          "one step cannot both '\(lead.key)' and '\(leading[1].key)'",
          at: leading[1].keyLocation, hint: "make two steps, each with a '-' of its own"))
    }
    checkMembers(members, step.mapping)
    for field in step.mapping.fields where field.isRequired && node[field.key] == nil {
      error("missing key '\(field.key)'", at: node, field.example.map { "add '\($0)'" })
    }
    for member in members where member.key != lead.key {
      checkPlace(of: member, beside: lead, step)
    }
  }

  /// What stands beside the leading key may not stand under it too, nor be meant for one of many.
  private mutating func checkPlace(
    of member: DocumentMember, beside lead: DocumentMember, _ step: StepRule
  ) {
    if lead.value[member.key] != nil {
      error(
        "'\(member.key)' is given twice", at: member.value,
        "keep the one beside '\(lead.key)', or the one under it")
    } else if lead.value.elements.contains(where: { $0.members != nil }),
      Grammar.call.field(member.key) != nil, step.key == "call"
    {
      error(
        "'\(member.key)' belongs to one call", at: member.value,
        "move it into its entry of the list")
    }
  }

  private mutating func checkOne(of members: [DocumentMember], _ keys: [String], _ hint: String) {
    let given = members.filter { keys.contains($0.key) }
    guard given.count > 1 else { return }
    report(
      .error(
        "'\(given[1].key)' and '\(given[0].key)' exclude each other", at: given[1].keyLocation,
        hint: hint))
  }

  // MARK: - Reports

  private mutating func expected(_ noun: String, at node: DocumentNode, _ hint: String? = nil) {
    error("expected \(noun), but found \(node.noun)", at: node, hint)
  }

  private mutating func error(_ message: String, at node: DocumentNode, _ hint: String?) {
    report(.error(message, at: node.location, hint: hint))
  }

  mutating func report(_ diagnostic: Diagnostic) {
    hasErrors = hasErrors || diagnostic.severity == .error
    if diagnostics.count < Self.diagnosticsMax { diagnostics.append(diagnostic) }
  }
}

extension ValueRule {
  /// What the rule wants, for `expected …`.
  fileprivate var noun: String {
    switch self {
    case .text, .template, .shortText: "text"
    case .number: "a number"
    case .flag: "true or false"
    case .base64: "base64"
    case .pattern: "a regular expression"
    case .span: "a number or a span"
    case .trigger: "an amount"
    case .window: "two times"
    case .json, .matcher: "a value"
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
    case .mapping, .map: "a mapping"
    case .steps: "a list of steps"
    case .either(let short, let long): "\(short.noun) or \(long.noun)"
    }
  }

  fileprivate var rangeHint: String? {
    if case .duration(let range) = self {
      return "from \(Values.spelling(range.lowerBound)) to \(Values.spelling(range.upperBound))"
    }
    if case .number(let range) = self {
      return "from \(range.lowerBound) to \(range.upperBound)"
    }
    guard case .integer(let range) = self else { return nil }
    if range.lowerBound == range.upperBound { return "only \(range.lowerBound) is known here" }
    if range.upperBound == .max { return "\(range.lowerBound) or more" }
    return "from \(range.lowerBound) to \(range.upperBound)"
  }
}
