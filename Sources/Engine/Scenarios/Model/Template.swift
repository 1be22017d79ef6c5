package import JSON

/// A value a scenario computes when it is needed: JSON with `${…}` in its texts.
///
/// A text that is one `${…}` and nothing else takes the type of what it names; otherwise the values
/// become part of the text.
package indirect enum Template: Hashable, Sendable {
  case literal(JSONValue)
  /// A whole text that is one expression.
  case value(Expression)
  case text([Piece])
  case array([Template])
  case object([Member])

  /// A piece of a text.
  package enum Piece: Hashable, Sendable {
    case literal(String)
    case value(Expression)
  }

  /// One member of an object.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: Template
  }
}

/// What stands in `${…}`: a path into what is known, and filters.
///
///     ${user.text}   ${result.output.items.0 | json | base64}
package struct Expression: Hashable, Sendable {
  package enum Filter: String, CaseIterable, Sendable {
    /// The value as JSON text.
    case json
    /// The text's UTF-8 in base64.
    case base64
    case upper
    case lower
    /// A number out of a text.
    case number
    /// How many elements, members or characters there are.
    case count
  }

  package let path: [String]
  package let filters: [Filter]

  /// The first word, which must be known.
  package var root: String { path.first ?? "" }
}

extension Template {
  /// Every expression in it.
  package var expressions: [Expression] {
    switch self {
    case .literal: []
    case .value(let expression): [expression]
    case .text(let pieces):
      pieces.compactMap { if case .value(let expression) = $0 { expression } else { nil } }
    case .array(let elements): elements.flatMap(\.expressions)
    case .object(let members): members.flatMap(\.value.expressions)
    }
  }

  /// The value, with `known` holding what the roots name; nobody asks for them where there is none.
  /// What is not there becomes null, and an empty text inside of a text.
  package func value(in known: @autoclosure () -> JSONObject) -> JSONValue {
    if case .literal(let value) = self { return value }
    let known = known()
    switch self {
    case .literal(let value): return value
    case .value(let expression): return expression.value(in: known)
    case .text(let pieces):
      let texts = pieces.map { piece in
        switch piece {
        case .literal(let text): text
        case .value(let expression): expression.value(in: known).plainText
        }
      }
      return .string(texts.joined())
    case .array(let elements): return .array(elements.map { $0.value(in: known) })
    case .object(let members):
      return .object(
        JSONObject(members.map { JSONMember(name: $0.name, value: $0.value.value(in: known)) }))
    }
  }
}

extension Expression {
  fileprivate func value(in known: JSONObject) -> JSONValue {
    var value = JSONValue.object(known)
    for word in path {
      switch value {
      case .object(let object): value = object[word] ?? .null
      case .array(let elements):
        guard let index = Int(word), elements.indices.contains(index) else { return .null }
        value = elements[index]
      case .null, .bool, .number, .string, .shared: return .null
      }
    }
    return filters.reduce(value) { value, filter in filter.apply(to: value) }
  }
}

extension Expression.Filter {
  fileprivate func apply(to value: JSONValue) -> JSONValue {
    switch self {
    case .json: .string(value.description)
    case .base64:
      .string(String(decoding: Base64.encode(Array(value.plainText.utf8)), as: UTF8.self))
    case .upper: .string(value.plainText.uppercased())
    case .lower: .string(value.plainText.lowercased())
    case .number:
      Int(value.plainText).map { .int($0) } ?? Double(value.plainText).flatMap {
        $0.isFinite ? .double($0) : nil
      } ?? .null
    case .count:
      .int(value.array?.count ?? value.object?.members.count ?? value.plainText.count)
    }
  }
}

extension JSONValue {
  /// A text as it is, nothing for null, anything else as JSON.
  package var plainText: String { isNull ? "" : string ?? description }
}
