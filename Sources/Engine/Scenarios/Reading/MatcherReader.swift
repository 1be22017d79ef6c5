import Diagnostics
import Documents
import JSON

/// Reads what a value must be like, and says what is wrong with the writing.
///
/// A mapping whose first key is one of the words below is a matcher of that kind; any other mapping
/// is an object with at least these members; a list is a list of exactly these; anything else is
/// the value itself.
struct MatcherReader {
  static let words = [
    "equals", "matches", "contains", "one_of", "at_least", "at_most", "near", "tolerance", "any",
    "absent", "not", "audio",
  ]
  private static let audioWords = ["at_least", "at_most", "peak", "rate"]

  private(set) var diagnostics: [Diagnostic] = []

  mutating func read(_ node: DocumentNode) -> Matcher {
    switch node.content {
    case .scalar: return .equals(template(node))
    case .sequence(let elements): return .list(elements.map { read($0) })
    case .mapping(let members):
      guard let first = members.first, Self.words.contains(first.key) else {
        for member in members { complainOfSlip(in: member) }
        return .object(members.map { .init(name: $0.key, matcher: read($0.value)) })
      }
      let matchers = members.compactMap { word($0, beside: members) }
      return matchers.count == 1 ? matchers[0] : .all(matchers)
    }
  }

  /// A member may have any name, but hardly one that is nearly one of these.
  private mutating func complainOfSlip(in member: DocumentMember) {
    let words = ["at_least", "at_most", "one_of"]
    guard !words.contains(member.key), member.key == member.key.lowercased(),
      let near = Spelling.nearest(to: member.key, among: words)
    else { return }
    diagnostics.append(
      .error(
        "unknown matcher '\(member.key)'", at: member.keyLocation,
        hint: "did you mean '\(near)'? a member of that name is told of by 'equals' only"))
  }

  private mutating func word(_ member: DocumentMember, beside members: [DocumentMember])
    -> Matcher?
  {
    let node = member.value
    switch member.key {
    case "equals": return .equals(template(node))
    case "matches":
      guard let pattern = node.scalar, Values.isPattern(pattern) else {
        return complain("no regular expression: \(node.noun)", node, "such as '^[0-9]+$'")
      }
      return .matches(pattern: pattern)
    case "contains": return .contains(read(node))
    case "one_of":
      guard !node.elements.isEmpty else {
        return complain("expected a list, but found \(node.noun)", node, "such as [red, green]")
      }
      return .oneOf(node.elements.map { read($0) })
    case "at_least": return number(node).map { .between($0, nil) }
    case "at_most": return number(node).map { .between(nil, $0) }
    case "near":
      guard let wanted = number(node) else { return nil }
      let tolerance = members.first { $0.key == "tolerance" }?.value
      return .near(wanted, tolerance: tolerance.flatMap { number($0) } ?? 0)
    case "tolerance":
      if members.contains(where: { $0.key == "near" }) { return nil }
      return complain(
        "'tolerance' stands alone", node,
        "it belongs beside 'near', such as {near: 3, tolerance: 1}")
    case "any": return yes(node) == nil ? nil : .any
    case "absent": return yes(node) == nil ? nil : .absent
    case "not": return .not(read(node))
    case "audio": return audio(node)
    default:
      diagnostics.append(
        .error(
          "unknown matcher '\(member.key)'", at: member.keyLocation,
          hint: Spelling.hint(for: member.key, among: Self.words)))
      return nil
    }
  }

  private mutating func audio(_ node: DocumentNode) -> Matcher? {
    guard let members = node.members else {
      return complain(
        "expected a mapping, but found \(node.noun)", node,
        "known here: \(Self.audioWords.joined(separator: ", "))")
    }
    for member in members where !Self.audioWords.contains(member.key) {
      diagnostics.append(
        .error(
          "unknown key '\(member.key)'", at: member.keyLocation,
          hint: Spelling.hint(for: member.key, among: Self.audioWords)))
    }
    let rate = node["rate"].flatMap { number($0) } ?? 24_000
    guard rate >= 1000, rate <= 192_000 else {
      return complain("\(rate) is no sample rate", node, "from 1000 to 192000")
    }
    return .audio(
      AudioMatcher(
        rate: Int(rate), atLeast: node["at_least"].flatMap { duration($0) },
        atMost: node["at_most"].flatMap { duration($0) },
        peakAtLeast: node["peak"].flatMap { number($0) }))
  }

  private mutating func number(_ node: DocumentNode) -> Double? {
    if let number = node.scalar.flatMap(Double.init), number.isFinite { return number }
    complain("expected a number, but found \(node.noun)", node, nil)
    return nil
  }

  private mutating func duration(_ node: DocumentNode) -> Duration? {
    if let duration = node.scalar.flatMap(Values.duration) { return duration }
    complain("\(node.noun) is no time", node, "such as 200ms, 1.5s or 10min")
    return nil
  }

  private mutating func yes(_ node: DocumentNode) -> Bool? {
    if node.scalar.flatMap(Values.flag) == true { return true }
    complain("expected 'true', but found \(node.noun)", node, "use 'not' for the opposite")
    return nil
  }

  private mutating func template(_ node: DocumentNode) -> Template {
    do throws(TemplateReader.Mistake) {
      return try node.template()
    } catch {
      complain(error.message, node, error.hint)
      return .literal(.null)
    }
  }

  @discardableResult
  private mutating func complain(_ message: String, _ node: DocumentNode, _ hint: String?)
    -> Matcher?
  {
    diagnostics.append(.error(message, at: node.location, hint: hint))
    return nil
  }
}

extension Matcher {
  /// Every expression in it.
  var expressions: [Expression] {
    switch self {
    case .equals(let template): template.expressions
    case .contains(let matcher), .not(let matcher): matcher.expressions
    case .oneOf(let matchers), .list(let matchers), .all(let matchers):
      matchers.flatMap(\.expressions)
    case .object(let members): members.flatMap(\.matcher.expressions)
    case .matches, .between, .near, .any, .absent, .audio: []
    }
  }
}
