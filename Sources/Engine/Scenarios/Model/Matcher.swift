package import JSON

/// What a scenario wants a value to be.
package indirect enum Matcher: Hashable, Sendable {
  case equals(Template)
  /// A text in which the pattern is found.
  case matches(pattern: String)
  /// A text with this text in it, or a list with a fitting element.
  case contains(Matcher)
  case oneOf([Matcher])
  /// A number in bounds, each of them optional.
  case between(Double?, Double?)
  /// A number at most this far away.
  case near(Double, tolerance: Double)
  /// Present, whatever it is.
  case any
  /// Not there at all.
  case absent
  case not(Matcher)
  /// Base64 of PCM, such as an appended chunk.
  case audio(AudioMatcher)
  /// An object with at least these members.
  case object([Member])
  /// A list of exactly these.
  case list([Matcher])
  /// All of them.
  case all([Matcher])

  /// One member an object must have.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let matcher: Matcher
  }

  /// The first place where `value` is not as wanted; nil when it fits. A nil `value` is absent.
  package func mismatch(_ value: JSONValue?, in known: JSONObject, at path: String = "")
    -> Mismatch?
  {
    guard let value else {
      switch self {
      case .absent, .not(.any): return nil
      case .equals, .matches, .contains, .oneOf, .between, .near, .any, .not, .audio, .object,
        .list,
        .all:
        return Mismatch(path: path, expected: words(in: known), actual: "nothing")
      }
    }
    switch self {
    case .object(let members):
      guard let object = value.object else { return miss(value, known, path) }
      for member in members {
        let place = path.isEmpty ? member.name : "\(path).\(member.name)"
        if let mismatch = member.matcher.mismatch(object[member.name], in: known, at: place) {
          return mismatch
        }
      }
      return nil
    case .list(let matchers):
      guard let elements = value.array else { return miss(value, known, path) }
      guard elements.count == matchers.count else {
        return Mismatch(
          path: path, expected: "\(matchers.count) elements", actual: "\(elements.count)")
      }
      for (index, (matcher, element)) in zip(matchers, elements).enumerated() {
        if let mismatch = matcher.mismatch(element, in: known, at: "\(path)[\(index)]") {
          return mismatch
        }
      }
      return nil
    case .all(let matchers):
      for matcher in matchers {
        if let mismatch = matcher.mismatch(value, in: known, at: path) { return mismatch }
      }
      return nil
    case .equals, .matches, .contains, .oneOf, .between, .near, .any, .absent, .not, .audio:
      return fits(value, known) ? nil : miss(value, known, path)
    }
  }

  private func miss(_ value: JSONValue, _ known: JSONObject, _ path: String) -> Mismatch {
    Mismatch(path: path, expected: words(in: known), actual: Matcher.short(value))
  }

  private func fits(_ value: JSONValue, _ known: JSONObject) -> Bool {
    switch self {
    case .equals(let template): return template.value(in: known).isSame(as: value)
    case .matches(let pattern):
      guard let text = value.string, let regex = try? Regex(pattern) else { return false }
      return text.firstMatch(of: regex) != nil
    case .contains(let matcher):
      if let elements = value.array {
        return elements.contains { matcher.mismatch($0, in: known) == nil }
      }
      guard let text = value.string, case .equals(let template) = matcher else { return false }
      return text.contains(template.value(in: known).plainText)
    case .oneOf(let matchers):
      return matchers.contains { $0.mismatch(value, in: known) == nil }
    case .between(let low, let high):
      guard let number = value.double else { return false }
      return number >= low ?? -.infinity && number <= high ?? .infinity
    case .near(let wanted, let tolerance):
      return value.double.map { abs($0 - wanted) <= tolerance } ?? false
    case .any: return true
    case .absent: return false
    case .not(let matcher): return matcher.mismatch(value, in: known) != nil
    case .audio(let audio): return audio.fits(value)
    case .object, .list, .all: return mismatch(value, in: known) == nil
    }
  }

  /// What is wanted, for `expected …`.
  private func words(in known: JSONObject) -> String {
    switch self {
    case .equals(let template): Matcher.short(template.value(in: known))
    case .matches(let pattern): "text that matches \(pattern)"
    case .contains(let matcher): "something that contains \(matcher.words(in: known))"
    case .oneOf(let matchers):
      "one of \(matchers.map { $0.words(in: known) }.joined(separator: ", "))"
    case .between(let low?, let high?): "a number from \(low) to \(high)"
    case .between(let low?, nil): "a number of at least \(low)"
    case .between(nil, let high?): "a number of at most \(high)"
    case .between(nil, nil): "a number"
    case .near(let wanted, let tolerance): "\(wanted) ± \(tolerance)"
    case .any: "anything"
    case .absent: "nothing"
    case .not(let matcher): "anything but \(matcher.words(in: known))"
    case .audio(let audio): audio.description
    case .object: "an object"
    case .list(let matchers): "a list of \(matchers.count)"
    case .all(let matchers): matchers.map { $0.words(in: known) }.joined(separator: " and ")
    }
  }

  private static func short(_ value: JSONValue) -> String {
    let text = value.description
    return text.count > 200 ? text.prefix(200) + "…" : text
  }
}

/// Where a value is not as wanted.
package struct Mismatch: Hashable, Sendable, CustomStringConvertible {
  /// Such as `session.audio.input.format`; empty for the whole.
  package let path: String
  package let expected: String
  package let actual: String

  package var description: String {
    "\(path.isEmpty ? "" : "\(path): ")expected \(expected), but found \(actual)"
  }
}

extension JSONValue {
  /// Equal as JSON: numbers by value, objects whatever their order.
  package func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.number(let left), .number(let right)):
      return left == right || (left.double != nil && left.double == right.double)
    case (.object(let left), .object(let right)):
      return left.members.count == right.members.count
        && left.members.allSatisfy { right[$0.name]?.isSame(as: $0.value) ?? false }
    case (.array(let left), .array(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    default:
      if let left = string, let right = other.string { return left == right }
      return self == other
    }
  }
}
