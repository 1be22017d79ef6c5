import JSON

/// A value that fits a schema: what the model says in JSON mode when the scenario does not.
///
/// It reads both dialects: `Schema` with its upper-case types, and JSON Schema.
struct SchemaSample {
  /// Schemas may refer to themselves; behind this depth what is optional is left out.
  private static let depthMax = 16
  private static let itemsMax = 16
  /// Schemas that refer to themselves in many places grow like trees; this many values are enough.
  private static let valuesMax = 5000

  private let root: JSONValue
  private var valuesLeft = SchemaSample.valuesMax

  private init(_ root: JSONValue) { self.root = root }

  static func value(of schema: JSONValue?) -> JSONValue {
    guard let schema else { return [:] }
    var sample = SchemaSample(schema)
    return sample.value(schema, name: "", depth: 0)
  }

  /// One word of an enum, for `text/x.enum`.
  static func word(of schema: JSONValue?) -> String {
    schema?["enum"]?.array?.first?.string ?? ""
  }

  private mutating func value(_ schema: JSONValue, name: String, depth: Int) -> JSONValue {
    if depth > Self.depthMax || valuesLeft == 0 { return nil }
    valuesLeft -= 1
    if let known = schema["default"] ?? schema["example"] ?? schema["const"] { return known }
    if let first = schema["enum"]?.array?.first { return first }
    if let target = (schema["$ref"] ?? schema["ref"])?.string.flatMap(resolve) {
      return value(target, name: name, depth: depth + 1)
    }
    for key in ["anyOf", "oneOf", "allOf"] {
      if let choice = schema[key]?.array?.first {
        return value(choice, name: name, depth: depth + 1)
      }
    }
    switch type(of: schema) {
    case "object": return object(schema, depth: depth)
    case "array": return array(schema, name: name, depth: depth)
    case "integer": return .int(Int(number(schema).rounded(.up)))
    case "number": return .double(number(schema))
    case "boolean": return true
    case "null": return nil
    default: return .string(text(schema, name: name))
    }
  }

  private func type(of schema: JSONValue) -> String {
    let type = schema["type"]
    // JSON Schema may list types; the first that is not null is the one meant.
    let word = type?.string ?? type?.array?.compactMap(\.string).first { $0 != "null" }
    if let word { return word.lowercased() }
    if schema["properties"] != nil { return "object" }
    return schema["items"] != nil ? "array" : "string"
  }

  /// `#/$defs/Name`, inside the schema itself.
  private func resolve(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#") else { return nil }
    return reference.dropFirst().split(separator: "/").reduce(root as JSONValue?) { found, word in
      found?[String(word)]
    }
  }

  private mutating func object(_ schema: JSONValue, depth: Int) -> JSONValue {
    let properties = schema["properties"]?.object ?? [:]
    let required = (schema["required"]?.array ?? []).compactMap(\.string)
    let order = (schema["propertyOrdering"]?.array ?? []).compactMap(\.string)
    let names =
      order.filter { properties[$0] != nil }
      + properties.names.filter { !order.contains($0) }
    var object: JSONObject = [:]
    for name in names where depth < Self.depthMax / 2 || required.contains(name) {
      guard valuesLeft > 0, let property = properties[name] else { continue }
      object[name] = value(property, name: name, depth: depth + 1)
    }
    return .object(object)
  }

  private mutating func array(_ schema: JSONValue, name: String, depth: Int) -> JSONValue {
    let least = count(schema, "minItems") ?? 0
    let most = max(0, min(count(schema, "maxItems") ?? Self.itemsMax, Self.itemsMax))
    guard let items = schema["items"], depth < Self.depthMax / 2 || least > 0 else { return [] }
    let item = value(items, name: name, depth: depth + 1)
    return .array(Array(repeating: item, count: min(max(least, 1), most)))
  }

  private func number(_ schema: JSONValue) -> Double {
    let least = schema["minimum"]?.double ?? schema["exclusiveMinimum"]?.double.map { $0 + 1 }
    let most = schema["maximum"]?.double ?? schema["exclusiveMaximum"]?.double.map { $0 - 1 }
    let number = max(least ?? -1e15, min(most ?? 1e15, 1))
    return number.isFinite && abs(number) <= 1e15 ? number : 1
  }

  private func text(_ schema: JSONValue, name: String) -> String {
    switch schema["format"]?.string {
    case "date-time": return "2026-01-01T00:00:00Z"
    case "date": return "2026-01-01"
    case "time": return "00:00:00"
    case "email": return "you@example.com"
    case "uri", "url": return "https://example.com/"
    case "uuid": return "00000000-0000-4000-8000-000000000000"
    default: break
    }
    let least = min(count(schema, "minLength") ?? 0, 1000)
    let most = count(schema, "maxLength") ?? 1000
    let word = name.isEmpty ? "text" : name
    let padded = word + String(repeating: "x", count: max(0, least - word.count))
    return String(padded.prefix(max(0, most)))
  }

  /// int64 fields of `Schema` come as numbers after reading, or as text in JSON Schema.
  private func count(_ schema: JSONValue, _ key: String) -> Int? {
    schema[key]?.integer ?? schema[key]?.string.flatMap { Int($0) }
  }
}
