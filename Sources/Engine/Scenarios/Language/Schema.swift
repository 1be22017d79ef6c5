package import Conversation
package import JSON

/// The language as a JSON Schema (2020-12), out of the tables the reader uses.
///
/// It knows what stands where; what steps mean together only the reader knows.
package struct Schema {
  private var definitions: [String: JSONValue] = [:]

  /// The schema of a scenario file; `protocols` bring what may stand under their names.
  package static func document(for protocols: [WireProtocol]) -> JSONValue {
    var schema = Schema()
    let file = schema.mapping(Grammar.file(protocols))
    let included = schema.mapping(Grammar.included)
    schema.definitions["step"] = schema.step()
    schema.definitions["steps"] = [
      "type": "array", "minItems": 1, "items": ["$ref": "#/$defs/step"],
    ]
    schema.definitions["scalar"] = ["type": ["string", "number", "boolean"]]
    var root: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "mockgem scenario, version 1",
      "anyOf": [file, included],
    ]
    root["$defs"] = .object(
      JSONObject(
        schema.definitions.sorted { $0.key < $1.key }.map {
          JSONMember(name: $0.key, value: $0.value)
        }))
    return .object(root)
  }

  private mutating func step() -> JSONValue {
    .object([
      "oneOf": .array(
        Grammar.steps.map { rule in
          var schema = mapping(rule.mapping).object ?? [:]
          let required = [rule.key] + rule.mapping.fields.filter(\.isRequired).map(\.key)
          schema["required"] = .array(required.map { .string($0) })
          return .object(schema)
        })
    ])
  }

  private mutating func mapping(_ rule: MappingRule) -> JSONValue {
    var properties = JSONObject()
    for field in rule.fields {
      var schema = value(field.value).object ?? [:]
      schema["description"] = .string(field.summary)
      properties[field.key] = .object(schema)
    }
    var schema: JSONObject = [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
    ]
    let required = rule.fields.filter(\.isRequired).map { JSONValue.string($0.key) }
    if !required.isEmpty { schema["required"] = .array(required) }
    if !rule.alternatives.isEmpty {
      let keys = rule.alternatives.map { JSONValue.object(["required": [.string($0)]]) }
      if rule.needsAlternative {
        schema["oneOf"] = .array(keys)
      } else {
        let none: JSONValue = ["not": ["anyOf": .array(keys)]]
        schema["oneOf"] = .array(keys + [none])
      }
    }
    return .object(schema)
  }

  private mutating func value(_ rule: ValueRule) -> JSONValue {
    switch rule {
    case .text, .template, .file, .base64, .pattern, .shortText:
      return ["$ref": "#/$defs/scalar"]
    case .version(let version): return ["const": .int(version)]
    case .integer(let range): return Schema.integer(range)
    case .number(let range):
      return [
        "type": "number", "minimum": .double(range.lowerBound),
        "maximum": .double(range.upperBound),
      ]
    case .flag: return ["type": "boolean"]
    case .word(let words): return ["enum": .array(words.map { .string($0) })]
    case .pace:
      return [
        "anyOf": [
          ["enum": .array(Values.paceWords.map { .string($0) })],
          ["type": "string", "pattern": #"^[0-9.]+x$"#],
        ]
      ]
    case .duration: return ["type": "string", "pattern": #"^[0-9.eE+]+(ms|s|min)$"#]
    case .closeCode: return ["type": "integer", "minimum": 1000, "maximum": 4999]
    case .urlPath: return ["type": "string", "pattern": "^/"]
    case .span: return ["type": ["integer", "string"]]
    case .trigger:
      let amount = "[0-9.]+(ms|s|min)?( +(audio( chunks?)?|messages?|bytes?))?"
      return ["type": "string", "pattern": .string("^(\(amount)|[A-Za-z][A-Za-z0-9._]*)$")]
    case .window:
      return ["type": "string", "pattern": #"^[0-9.]+(ms|s|min)-[0-9.]+(ms|s|min)$"#]
    case .nothing: return ["type": "null"]
    case .json, .matcher: return [:]
    case .list(let element): return ["type": "array", "minItems": 1, "items": value(element)]
    case .mapping(let mapping): return self.reference(mapping)
    case .map(let element, _):
      return ["type": "object", "additionalProperties": value(element)]
    case .steps: return ["$ref": "#/$defs/steps"]
    case .either(let short, let long): return ["anyOf": [value(short), value(long)]]
    }
  }

  /// Mappings that stand in several places are defined once.
  private mutating func reference(_ rule: MappingRule) -> JSONValue {
    let name = "\(rule.name)-\(rule.keys.joined(separator: "-"))"
    if definitions[name] == nil {
      definitions[name] = [:]
      definitions[name] = mapping(rule)
    }
    return ["$ref": .string("#/$defs/\(name)")]
  }

  private static func integer(_ range: ClosedRange<Int>) -> JSONValue {
    var schema: JSONObject = ["type": "integer", "minimum": .int(range.lowerBound)]
    if range.upperBound < .max { schema["maximum"] = .int(range.upperBound) }
    return .object(schema)
  }
}
