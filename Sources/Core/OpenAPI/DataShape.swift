package import JSON

/// What a value may be, as far as a description tells it: the part of JSON Schema that tables of
/// fields can fill.
package indirect enum DataShape: Hashable, Sendable {
  case anything
  case null
  case text
  /// Text that a regular expression finds something in.
  case matching(String)
  /// Bytes in base64.
  case base64
  case flag
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>?)
  case word([String])
  case list(DataShape)
  /// An object with free names.
  case map(DataShape)
  case object([Member], isOpen: Bool)
  case either([DataShape])
  /// A definition of the same service, by its name.
  case named(String)

  /// A member of an object.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let shape: DataShape
    package let isRequired: Bool

    package init(_ name: String, _ shape: DataShape, isRequired: Bool = false) {
      self.name = name
      self.shape = shape
      self.isRequired = isRequired
    }
  }

  /// An object that has these members, and no other.
  package static func closed(_ members: [Member]) -> DataShape { .object(members, isOpen: false) }

  /// Any integer that JSON carries exactly everywhere (RFC 8259, 6).
  package static let anyInteger = DataShape.integer(-(1 << 53)...(1 << 53))

  /// The JSON Schema; `place` is what comes before the name of a definition.
  package func schema(definedAt place: String) -> JSONValue {
    switch self {
    case .anything: return [:]
    case .null: return ["type": "null"]
    case .text: return ["type": "string"]
    case .matching(let pattern): return ["type": "string", "pattern": .string(pattern)]
    case .base64: return ["type": "string", "contentEncoding": "base64"]
    case .flag: return ["type": "boolean"]
    case .integer(let range):
      return [
        "type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound),
      ]
    case .number(nil): return ["type": "number"]
    case .number(let range?):
      return [
        "type": "number", "minimum": .double(range.lowerBound),
        "maximum": .double(range.upperBound),
      ]
    case .word(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
    case .list(let element):
      return ["type": "array", "items": element.schema(definedAt: place)]
    case .map(let value):
      return ["type": "object", "additionalProperties": value.schema(definedAt: place)]
    case .object(let members, let isOpen): return Self.object(members, isOpen, place)
    case .either(let shapes):
      return ["anyOf": .array(shapes.map { $0.schema(definedAt: place) })]
    case .named(let name): return ["$ref": .string(place + name)]
    }
  }

  private static func object(_ members: [Member], _ isOpen: Bool, _ place: String) -> JSONValue {
    var properties = JSONObject()
    for member in members { properties[member.name] = member.shape.schema(definedAt: place) }
    var schema: JSONObject = ["type": "object", "properties": .object(properties)]
    let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    if !isOpen { schema["additionalProperties"] = false }
    return .object(schema)
  }
}
