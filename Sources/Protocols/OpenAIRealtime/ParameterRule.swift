import JSON

/// What the service accepts for one parameter of a client event.
///
/// The tables built of these are the only place that knows the fields, so that an unknown one is
/// never ignored.
indirect enum ParameterRule: Sendable {
  /// Accepted as it is.
  case anything
  case text
  case flag
  case list
  /// Bounds are inclusive.
  case number(ClosedRange<Double>)
  case integer(ClosedRange<Int>)
  case oneOf([String])
  case object([String: ParameterRule])
  /// An object that must hold these members.
  case requiring([String], ParameterRule)
  case nullOr(ParameterRule)
  /// The first rule for a string, the second for anything else.
  case stringOr(ParameterRule, otherwise: ParameterRule)
  /// A rule of its own, which returns what is wrong.
  case custom(@Sendable (JSONValue, _ path: String) -> Refusal?)

  /// What the service would refuse in `value`, or nil. `path` is such as `session.audio.input`.
  func refusal(of value: JSONValue, at path: String) -> Refusal? {
    switch self {
    case .anything: return nil
    case .text: return value.string == nil ? .wrongType(path, "a string", value) : nil
    case .flag: return value.bool == nil ? .wrongType(path, "a boolean", value) : nil
    case .list: return value.array == nil ? .wrongType(path, "an array", value) : nil
    case .number(let range):
      guard let number = value.double else { return .wrongType(path, "a number", value) }
      return range.contains(number) ? nil : .outOfRange(path, range, value)
    case .integer(let range):
      guard let number = value.integer else { return .wrongType(path, "an integer", value) }
      return .integer(number, in: range, path)
    case .oneOf(let words):
      guard let word = value.string else { return .wrongType(path, "a string", value) }
      return words.contains(word) ? nil : .unsupported(path, word, words)
    case .object(let fields):
      guard let object = value.object else { return .wrongType(path, "an object", value) }
      return refusal(of: object, fields, at: path)
    case .requiring(let names, let rule):
      let refusal = rule.refusal(of: value, at: path)
      let missing = names.first { value[$0] == nil }
      return refusal ?? missing.map { .missing(path.isEmpty ? $0 : "\(path).\($0)") }
    case .nullOr(let rule): return value.isNull ? nil : rule.refusal(of: value, at: path)
    case .stringOr(let word, let other):
      return (value.string == nil ? other : word).refusal(of: value, at: path)
    case .custom(let rule): return rule(value, path)
    }
  }

  private func refusal(of object: JSONObject, _ fields: [String: ParameterRule], at path: String)
    -> Refusal?
  {
    for member in object.members {
      let place = path.isEmpty ? member.name : "\(path).\(member.name)"
      guard let rule = fields[member.name] else { return .unknown(place) }
      if let refusal = rule.refusal(of: member.value, at: place) { return refusal }
    }
    return nil
  }
}

/// The body of an `error` event that refuses something the client sent.
struct Refusal: Hashable, Sendable, Error {
  let type: String
  let code: String?
  let message: String
  let param: String?
  /// For the log only: what to do instead, where the message does not say.
  var hint: String?

  init(
    _ code: String?, _ message: String, param: String? = nil,
    type: String = "invalid_request_error"
  ) {
    self.type = type
    self.code = code
    self.message = message
    self.param = param?.excerpt
  }

  func hinting(_ hint: String) -> Refusal {
    var refusal = self
    refusal.hint = hint
    return refusal
  }

  /// An object that holds a value JSON's grammar allows and the service does not.
  static func invalid(_ path: String, _ message: String) -> Refusal {
    Refusal("invalid_value", "Invalid '\(path.excerpt)': \(message)", param: path)
  }

  static func unknown(_ path: String) -> Refusal {
    Refusal("unknown_parameter", "Unknown parameter: '\(path.excerpt)'.", param: path)
  }

  static func missing(_ path: String) -> Refusal {
    Refusal(
      "missing_required_parameter", "Missing required parameter: '\(path)'.", param: path)
  }

  static func unsupported(_ path: String, _ word: String, _ words: [String]) -> Refusal {
    Refusal(
      "invalid_value", "Invalid value: '\(word.excerpt)'. Supported values are: \(list(words)).",
      param: path)
  }

  static func wrongType(_ path: String, _ expected: String, _ value: JSONValue) -> Refusal {
    let kind = value.isNull ? "null" : "\(value.kind == "array" ? "an" : "a") \(value.kind)"
    return Refusal(
      "invalid_value",
      "Invalid type for '\(path.excerpt)': expected \(expected), but got \(kind) instead.",
      param: path)
  }

  static func outOfRange(_ path: String, _ range: ClosedRange<Double>, _ value: JSONValue)
    -> Refusal
  {
    Refusal(
      "invalid_value",
      "Invalid '\(path)': expected a value from \(range.lowerBound) to \(range.upperBound), "
        + "but got \(value.description.excerpt) instead.", param: path)
  }

  /// Recorded for the minimum. The message for the maximum is its mirror image, and its code the
  /// one of all other wrong values: none of its own is attested.
  static func integer(_ number: Int, in range: ClosedRange<Int>, _ path: String) -> Refusal? {
    if number < range.lowerBound {
      return Refusal(
        "integer_below_min_value",
        "Invalid '\(path)': integer below minimum value. "
          + "Expected a value >= \(range.lowerBound), but got \(number) instead.", param: path)
    }
    if number > range.upperBound {
      return Refusal(
        "invalid_value",
        "Invalid '\(path)': integer above maximum value. "
          + "Expected a value <= \(range.upperBound), but got \(number) instead.", param: path)
    }
    return nil
  }

  /// `'a', 'b', and 'c'`, as the service joins them.
  static func list(_ words: [String]) -> String {
    let quoted = words.map { "'\($0)'" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.joined() }
    let comma = quoted.count > 2 ? "," : ""
    return quoted.dropLast().joined(separator: ", ") + "\(comma) and \(last)"
  }
}

extension String {
  /// As much of what a client wrote as an error or a log shows: it may be a megabyte where a word
  /// belongs.
  var excerpt: String {
    if utf8.count <= Self.excerptBytesMax { return self }
    var count = 0
    let beginning = prefix { character in
      count += character.utf8.count
      return count <= Self.excerptBytesMax
    }
    return beginning + "…"
  }

  /// Twice what the longest name in the reference has.
  private static let excerptBytesMax = 200
}
