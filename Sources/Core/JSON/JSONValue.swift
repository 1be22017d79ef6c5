/// A JSON value as it stood on the wire: member order and the text of numbers are kept.
///
/// Goldens compare the order of keys and the spelling of numbers, which other representations lose.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  /// A string that many events share, such as the base64 text of an audio chunk.
  ///
  /// It is written without a look at its characters, so it must hold none that JSON escapes.
  case shared(SharedText)
  case array([JSONValue])
  case object(JSONObject)
}

/// A number by its text, such as `1.10`; `1.1` is another lexeme and not equal to it.
package struct JSONNumber: Hashable, Sendable {
  package let text: String

  /// `text` must follow the number grammar of RFC 8259, section 6; the parser sees to it.
  init(grammatical text: String) { self.text = text }

  package init(_ value: Int) { text = String(value) }
  package init(_ value: Int64) { text = String(value) }

  /// The shortest text that reads back as `value`; a whole number keeps `.0`, as in `1.0`.
  package init(_ value: Double) {
    precondition(value.isFinite, "JSON has no \(value)")
    text = value.description
  }

  /// The value as an integer, also when it is spelt `40.0` or `4e1`.
  package var integer: Int? {
    if let exact = Int(text) { return exact }
    guard let double, double.rounded() == double, abs(double) < 9e15 else { return nil }
    return Int(double)
  }

  package var double: Double? { Double(text) }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  package init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(JSONObject(members.map { JSONMember(name: $0.0, value: $0.1) }))
  }

  package static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
  package static func double(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }

  /// The text, or JSON `null` where there is none.
  package static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension JSONValue {
  package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  package var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
  package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  package var isNull: Bool { if case .null = self { true } else { false } }

  package var string: String? {
    switch self {
    case .string(let text): text
    case .shared(let text): String(decoding: text.bytes, as: UTF8.self)
    case .null, .bool, .number, .array, .object: nil
    }
  }

  package var number: JSONNumber? { if case .number(let number) = self { number } else { nil } }
  package var integer: Int? { number?.integer }
  package var double: Double? { number?.double }

  /// The member `name` of an object; nil when there is none, or when this is no object.
  package subscript(name: String) -> JSONValue? { object?[name] }

  /// The word the JSON grammar has for the kind of this value.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string, .shared: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
