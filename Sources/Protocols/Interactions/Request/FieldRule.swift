import JSON

/// What a field of a request may hold.
indirect enum FieldRule: Sendable {
  case anything
  case text
  case flag
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  case word([String])
  case base64
  case list(FieldRule)
  /// The client's own names, each with a value of this kind.
  case map(FieldRule)
  case object([String: FieldRule], required: [String] = [])
  /// An object whose `type` says which fields it has.
  case kinds([String: FieldRule])
  /// An object by the rule that has at least one of these members.
  case having([String], FieldRule)
  /// A string by the first rule, anything else by the second.
  case textOr(FieldRule, FieldRule)
  /// A list by the first rule, anything else by the second.
  case listOr(FieldRule, FieldRule)

  /// What is wrong with `value`, which stands at `place`; JSON null counts as left out.
  func refusals(of value: JSONValue, at place: Place) -> [Refusal] {
    if value.isNull { return [] }
    switch self {
    case .anything: return []
    case .text: return value.string == nil ? [.wrongType("a string", value, place)] : []
    case .flag: return value.bool == nil ? [.wrongType("a boolean", value, place)] : []
    case .integer(let range):
      guard let integer = value.integer else { return [.wrongType("an integer", value, place)] }
      return range.contains(integer) ? [] : [.outOfRange(value, range.description, place)]
    case .number(let range):
      guard let number = value.double else { return [.wrongType("a number", value, place)] }
      return range.contains(number) ? [] : [.outOfRange(value, range.description, place)]
    case .word(let words):
      guard let word = value.string else { return [.wrongType("a string", value, place)] }
      return words.contains(word) ? [] : [.unsupported(word, words, place)]
    case .base64:
      guard let text = value.string else { return [.wrongType("a string", value, place)] }
      return Base64.decode(text) == nil ? [.notBase64(place)] : []
    case .list(let rule):
      guard let elements = value.array else { return [.wrongType("an array", value, place)] }
      return elements.enumerated().flatMap { rule.refusals(of: $1, at: place[$0]) }
    case .map(let rule):
      guard let object = value.object else { return [.wrongType("an object", value, place)] }
      return object.members.flatMap { rule.refusals(of: $0.value, at: place[$0.name]) }
    case .object(let fields, let required):
      guard let object = value.object else { return [.wrongType("an object", value, place)] }
      return Self.refusals(of: object, fields, required: required, at: place)
    case .kinds(let kinds): return Self.refusals(of: value, by: kinds, at: place)
    case .having(let names, let rule):
      let isThere = names.contains { value[$0].map { !$0.isNull } ?? false }
      let missing = Refusal.missing(names.joined(separator: "' or '"), at: place)
      return rule.refusals(of: value, at: place) + (isThere ? [] : [missing])
    case .textOr(let text, let other):
      return (value.string == nil ? other : text).refusals(of: value, at: place)
    case .listOr(let list, let other):
      return (value.array == nil ? other : list).refusals(of: value, at: place)
    }
  }

  private static func refusals(
    of value: JSONValue, by kinds: [String: FieldRule], at place: Place
  ) -> [Refusal] {
    guard let object = value.object else { return [.wrongType("an object", value, place)] }
    guard let type = object["type"], !type.isNull else { return [.missing("type", at: place)] }
    guard let word = type.string else { return [.wrongType("a string", type, place["type"])] }
    guard let rule = kinds[word] else {
      return [.unsupported(word, kinds.keys.sorted(), place["type"])]
    }
    return rule.refusals(of: value, at: place)
  }

  static func refusals(
    of object: JSONObject, _ fields: [String: FieldRule], required: [String], at place: Place
  ) -> [Refusal] {
    let missing = required.filter { object[$0]?.isNull ?? true }.map {
      Refusal.missing($0, at: place)
    }
    return missing
      + object.members.flatMap { member in
        fields[member.name]?.refusals(of: member.value, at: place[member.name])
          ?? [.unknown(member.name, at: place)]
      }
  }

  /// This object with its `type`, and more fields.
  static func typed(_ fields: [String: FieldRule] = [:], required: [String] = []) -> FieldRule {
    .object(fields.merging(["type": .text]) { rule, _ in rule }, required: required)
  }
}

/// Where a value stands, as messages spell it: `tools[0].name`.
struct Place: Hashable, Sendable {
  /// The field itself; empty for the body.
  var name = ""
  /// What the field is in; empty at the top.
  var parent = ""

  var path: String {
    if name.isEmpty { return parent }
    return parent.isEmpty || name.hasPrefix("[") ? parent + name : "\(parent).\(name)"
  }

  subscript(name: String) -> Place { Place(name: name, parent: path) }
  subscript(index: Int) -> Place { Place(name: "\(name)[\(index)]", parent: parent) }

  /// ` at 'tools[0]'`, or nothing at the top.
  var suffix: String { parent.isEmpty ? "" : " at '\(parent)'" }
}

extension Refusal {
  fileprivate static func wrongType(_ expected: String, _ value: JSONValue, _ place: Place)
    -> Refusal
  {
    .invalid("Invalid type for '\(place.path)': expected \(expected), but got \(value.kind).")
  }

  fileprivate static func outOfRange(_ value: JSONValue, _ range: String, _ place: Place)
    -> Refusal
  {
    .invalid(
      "The value \(value) is not supported for '\(place.name)'\(place.suffix). "
        + "Supported values: \(range)")
  }

  /// The wording of the live service for a tool of an unknown type.
  fileprivate static func unsupported(_ word: String, _ words: [String], _ place: Place)
    -> Refusal
  {
    let list = words.map { "'\($0)'" }.joined(separator: ", ")
    return .invalid(
      "The value '\(word)' is not supported for '\(place.name)'\(place.suffix). "
        + "Supported values: \(list)")
  }

  fileprivate static func notBase64(_ place: Place) -> Refusal {
    .invalid("Invalid value for '\(place.path)': Base64 decoding failed.")
  }

  static func missing(_ name: String, at place: Place) -> Refusal {
    .invalid("Missing required parameter '\(name)'\(place[name].suffix).")
  }

  fileprivate static func unknown(_ name: String, at place: Place) -> Refusal {
    Refusal("parameter_unknown", "Unknown parameter '\(name)'\(place[name].suffix).")
  }
}
