import JSON

/// Reads the body of a request by the rules of protobuf's JSON parser, and gives it back in one
/// spelling: lowerCamelCase names, words for enums, numbers for integers.
///
/// Names may be camelCase or snake_case, mixed in one object, as google-genai for Python writes
/// them; enums may be numbers, or words in lower case; integers may be strings; one element may
/// stand for a list. What is unknown or of the wrong kind is refused, all of it at once; a lenient
/// reader passes over what is unknown.
struct MessageReader {
  /// Enough to mend a request by; a body of garbage must not make an answer as long.
  private static let violationsMax = 20

  private let schema = MessageSchema.shared
  private let isStrict: Bool
  private var violations: [(field: String, description: String)] = []
  private var unknown: [String] = []

  private init(isStrict: Bool) { self.isStrict = isStrict }

  /// The message that the text of a body spells, and what of it was passed over; `place` is where
  /// the message stands in the request.
  static func read(
    body: [UInt8], as message: String, at place: String = "", isStrict: Bool = true
  ) throws(Refusal) -> (fields: JSONObject, unknown: [String]) {
    let json = try parse(body)
    if json.isNull { return ([:], []) }
    guard let object = json.object else {
      throw Refusal(
        .invalidArgument, "Invalid JSON payload received. Root element must be a message.")
    }
    var reader = MessageReader(isStrict: isStrict)
    let fields = reader.message(object, message, at: place)
    if !reader.violations.isEmpty { throw reader.refusal }
    return (fields, reader.unknown)
  }

  /// A message that a scenario wrote; what is wrong with it comes as the refusal's message.
  static func read(_ json: JSONValue, as message: String) throws(Refusal) -> JSONObject {
    try read(body: json.encoded, as: message).fields
  }

  /// Strict JSON is by far the most frequent, and the faster to read.
  private static func parse(_ body: [UInt8]) throws(Refusal) -> JSONValue {
    if body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return [:] }
    do throws(JSONError) {
      return try JSONValue(parsing: body, as: .protobuf)
    } catch {
      throw Refusal(
        .invalidArgument,
        "Invalid JSON payload received. Unexpected token.\n\(excerpt(of: body, at: error))",
        explanation: "the body is no JSON: \(error)")
    }
  }

  /// The surroundings of the mistake with a caret below it, as protobuf's parser shows them.
  private static func excerpt(of body: [UInt8], at error: JSONError) -> String {
    let lines = body.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.indices.contains(error.line - 1) else { return "\n^" }
    let line = lines[error.line - 1]
    let column = min(error.column - 1, line.count)
    let from = max(0, column - 20)
    let shown = line.dropFirst(from).prefix(40)
    return String(decoding: shown, as: UTF8.self) + "\n"
      + String(repeating: " ", count: column - from) + "^"
  }

  private var refusal: Refusal {
    Refusal(
      .invalidArgument, violations.map(\.description).joined(separator: "\n"),
      details: [Refusal.badRequest(violations)])
  }

  private mutating func complain(_ field: String, _ description: String) {
    if violations.count < Self.violationsMax { violations.append((field, description)) }
  }

  private mutating func message(_ object: JSONObject, _ name: String, at path: String)
    -> JSONObject
  {
    var members: [JSONMember] = []
    members.reserveCapacity(object.members.count)
    for member in object.members {
      guard let field = schema.field(member.name, of: name) else {
        let place = path.isEmpty ? "" : " at '\(path)'"
        let text = "Unknown name \"\(member.name)\"\(place): Cannot find field."
        if isStrict {
          complain(path, "Invalid JSON payload received. \(text)")
        } else if unknown.count < Self.violationsMax {
          unknown.append(text)
        }
        continue
      }
      // ProtoJSON: null is the same as leaving the field out, but for a value of any kind.
      if member.value.isNull, field.kind != .anything { continue }
      let snake = MessageTable.snakeCase(field.name)
      let place = path.isEmpty ? snake : "\(path).\(snake)"
      if let value = value(member.value, field.kind, at: place) {
        members.append(JSONMember(name: field.name, value: value))
      }
    }
    return JSONObject(members)
  }

  /// Nil when the value is not of the kind; that has been complained about.
  private mutating func value(_ value: JSONValue, _ kind: MessageSchema.Kind, at place: String)
    -> JSONValue?
  {
    switch kind {
    case .anything: return value
    case .string:
      if value.string != nil { return value }
    case .bytes:
      if let text = value.string, Base64.decode(text) != nil { return value }
    case .bool:
      if value.bool != nil { return value }
    case .int32:
      if let number = Self.integer(value), Int32(exactly: number) != nil { return .int(number) }
    case .int64:
      if let number = Self.integer(value) { return .int(number) }
    case .float, .double:
      if value.double != nil { return value }
      if let number = value.string.flatMap(Double.init), number.isFinite { return .double(number) }
    case .oneOf(let name):
      if let number = value.integer {
        return schema.word(of: number, in: name).map { .string($0) } ?? value
      }
      if let word = value.string?.uppercased(), schema.number(of: word, in: name) != nil {
        return .string(word)
      }
    case .message(let name):
      if let object = value.object { return .object(message(object, name, at: place)) }
    case .repeated(let kind): return elements(value, kind, at: place)
    case .map(let kind):
      if let object = value.object { return .object(entries(object, kind, at: place)) }
    }
    refuse(value, kind, at: place)
    return nil
  }

  private static func integer(_ value: JSONValue) -> Int? {
    value.integer ?? value.string.flatMap { Int($0) }
  }

  private mutating func elements(
    _ value: JSONValue, _ kind: MessageSchema.Kind, at place: String
  ) -> JSONValue {
    var elements: [JSONValue] = []
    // A single element may stand for a list of one: shell examples are written so.
    for (index, element) in (value.array ?? [value]).enumerated() {
      if let element = self.value(element, kind, at: "\(place)[\(index)]") {
        elements.append(element)
      }
    }
    return .array(elements)
  }

  private mutating func entries(
    _ object: JSONObject, _ kind: MessageSchema.Kind, at place: String
  ) -> JSONObject {
    var members: [JSONMember] = []
    for member in object.members {
      if let value = value(member.value, kind, at: "\(place)[\(members.count)].value") {
        members.append(JSONMember(name: member.name, value: value))
      }
    }
    return JSONObject(members)
  }

  private mutating func refuse(
    _ value: JSONValue, _ kind: MessageSchema.Kind, at place: String
  ) {
    if value.array != nil {
      let name = place.split(separator: ".").last.map(String.init) ?? place
      let parent = place.dropLast(name.count).dropLast()
      return complain(
        String(parent),
        "Invalid JSON payload received. Unknown name \"\(name)\" at '\(parent)': "
          + "Proto field is not repeating, cannot start list.")
    }
    let shown = String(value.description.prefix(80))
    complain(place, "Invalid value at '\(place)' (\(Self.typeName(kind))), \(shown)")
  }

  private static func typeName(_ kind: MessageSchema.Kind) -> String {
    let package = "type.googleapis.com/google.ai.generativelanguage.v1beta."
    return switch kind {
    case .string: "TYPE_STRING"
    case .bytes: "TYPE_BYTES"
    case .bool: "TYPE_BOOL"
    case .int32: "TYPE_INT32"
    case .int64: "TYPE_INT64"
    case .float: "TYPE_FLOAT"
    case .double: "TYPE_DOUBLE"
    case .anything: "TYPE_MESSAGE"
    case .oneOf(let name), .message(let name): package + name
    case .repeated(let element), .map(let element): typeName(element)
    }
  }
}
