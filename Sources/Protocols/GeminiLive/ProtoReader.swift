import JSON
import Wire

/// Reads a client message by the rules of ProtoJSON, and gives it back in one spelling.
///
/// Names may be camelCase or snake_case, mixed in one object, as google-genai for Python writes
/// them; numbers may be strings, and integers whole floats; bytes may be in either base64 alphabet.
/// What is unknown, of the wrong kind or out of its range ends the session, as the service does it;
/// a lenient reader leaves it out.
struct ProtoReader {
  /// What the service says in the close reason.
  struct Refusal: Error, Hashable {
    let reason: String
  }

  private let schema = MessageSchema.shared
  private let isStrict: Bool
  /// What was left out, and why.
  private(set) var omissions: [String] = []

  init(isStrict: Bool = true) { self.isStrict = isStrict }

  mutating func read(_ json: JSONValue, as message: String = "ClientMessage", at path: String = "")
    throws(Refusal) -> JSONObject
  {
    guard let object = json.object else {
      throw Refusal(reason: "Invalid JSON payload received. Root element must be a message.")
    }
    return try self.message(object, message, at: path)
  }

  private mutating func message(_ object: JSONObject, _ name: String, at path: String)
    throws(Refusal)
    -> JSONObject
  {
    var members: [JSONMember] = []
    members.reserveCapacity(object.members.count)
    for member in object.members {
      guard let field = schema.field(member.name, of: name) else {
        let place = path.isEmpty ? "" : " at '\(path)'"
        try omit(
          "Invalid JSON payload received. Unknown name \"\(member.name)\"\(place): "
            + "Cannot find field.")
        continue
      }
      // ProtoJSON: null is the same as leaving the field out.
      if member.value.isNull { continue }
      if let value = try value(member.value, field, in: path) {
        members.append(JSONMember(name: field.name, value: value))
      }
    }
    return JSONObject(members)
  }

  private mutating func omit(_ reason: String) throws(Refusal) {
    if isStrict { throw Refusal(reason: reason) }
    omissions.append(reason)
  }

  /// Nil when it was left out.
  private mutating func value(
    _ value: JSONValue, _ field: MessageSchema.Field, in path: String
  ) throws(Refusal) -> JSONValue? {
    switch field.kind {
    case .anything: return value
    case .string:
      if value.string != nil { return value }
    case .bytes:
      // Decoded where it is used: audio is large.
      if value.string != nil { return value }
    case .boolean:
      if value.bool != nil { return value }
    case .int32:
      if let integer = Self.integer(value), Int32(exactly: integer) != nil {
        return .int(integer)
      }
    case .int64:
      if let integer = Self.integer(value) { return .int(integer) }
    case .number:
      if value.double?.isFinite == true { return value }
      if let number = value.string.flatMap({ Double($0) }), number.isFinite {
        return .double(number)
      }
    case .oneOf(let words):
      // ProtoJSON: a number is read as the word it stands for; old clients write `audio`.
      if let number = value.integer, words.indices.contains(number) {
        return .string(words[number])
      }
      if let word = value.string?.uppercased(), words.contains(word) { return .string(word) }
    case .message(let name):
      if let object = value.object {
        return .object(try message(object, name, at: place(field, in: path)))
      }
    case .repeated(let kind): return try elements(value, kind, field, in: path)
    }
    try omit("Invalid value at '\(place(field, in: path))'")
    return nil
  }

  /// ProtoJSON: integers may be strings, and whole floats such as `40.0`.
  private static func integer(_ value: JSONValue) -> Int? {
    if let integer = value.integer { return integer }
    guard let text = value.string else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  private mutating func elements(
    _ value: JSONValue, _ kind: MessageSchema.Kind, _ field: MessageSchema.Field, in path: String
  ) throws(Refusal) -> JSONValue {
    var elements: [JSONValue] = []
    for (index, element) in (value.array ?? [value]).enumerated() {
      if let element = try self.value(
        element, .init(name: "\(field.name)[\(index)]", kind: kind), in: path)
      {
        elements.append(element)
      }
    }
    return .array(elements)
  }

  /// Paths in messages are written in snake_case.
  private func place(_ field: MessageSchema.Field, in path: String) -> String {
    let name = MessageTable.snakeCase(field.name)
    return path.isEmpty ? name : "\(path).\(name)"
  }
}

extension ProtoReader {
  /// A message of the client as the wire brought it.
  static func read(
    _ message: Message, as root: String, _ scrutiny: inout Scrutiny
  ) throws(Refused) -> JSONObject {
    switch message.content {
    case .json(let json):
      var reader = ProtoReader(isStrict: scrutiny.isStrict)
      do throws(Refusal) {
        let fields = try reader.read(json, as: root)
        for omission in reader.omissions { scrutiny.warn("left out: \(omission)") }
        return fields
      } catch {
        throw .unreadable(error.reason)
      }
    case .bytes(let bytes):
      var reason = "not JSON"
      do throws(JSONError) {
        _ = try JSONValue(parsing: bytes)
      } catch {
        reason = error.description
      }
      throw .unreadable("Invalid JSON payload received. \(reason)")
    }
  }
}
