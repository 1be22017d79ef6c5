import JSON

/// Reads a client message by the rules of ProtoJSON, and gives it back in one spelling.
///
/// Names may be camelCase or snake_case, mixed in one object, as google-genai for Python writes
/// them; integers may be strings or whole floats; bytes may be in either base64 alphabet. What is
/// unknown or of the wrong kind ends the session, as the service does it.
struct ProtoReader {
  /// What the service says in the close reason.
  struct Refusal: Error, Hashable {
    let reason: String
  }

  private let schema = MessageSchema.shared

  static func read(_ json: JSONValue) throws(Refusal) -> JSONObject {
    guard let object = json.object else {
      throw Refusal(reason: "Invalid JSON payload received. Root element must be a message.")
    }
    return try ProtoReader().message(object, "ClientMessage", at: "")
  }

  private func message(_ object: JSONObject, _ name: String, at path: String) throws(Refusal)
    -> JSONObject
  {
    var members: [JSONMember] = []
    members.reserveCapacity(object.members.count)
    for member in object.members {
      guard let field = schema.field(member.name, of: name) else {
        let place = path.isEmpty ? "" : " at '\(path)'"
        throw Refusal(
          reason: "Invalid JSON payload received. Unknown name \"\(member.name)\"\(place): "
            + "Cannot find field.")
      }
      // ProtoJSON: null is the same as leaving the field out.
      if member.value.isNull { continue }
      members.append(
        JSONMember(name: field.name, value: try value(member.value, field, in: path)))
    }
    return JSONObject(members)
  }

  private func value(_ value: JSONValue, _ field: MessageSchema.Field, in path: String)
    throws(Refusal) -> JSONValue
  {
    switch field.kind {
    case .anything: return value
    case .string:
      if value.string != nil { return value }
    case .bytes:
      // Decoded where it is used: audio is large.
      if value.string != nil { return value }
    case .boolean:
      if value.bool != nil { return value }
    case .integer:
      if let integer = value.integer ?? value.string.flatMap({ Int($0) }) { return .int(integer) }
    case .number:
      if value.double != nil { return value }
    case .oneOf(let words):
      // Numbers are values too; old clients write `audio` for AUDIO.
      if value.integer != nil { return value }
      if let word = value.string?.uppercased(), words.contains(word) { return .string(word) }
    case .message(let name):
      if let object = value.object {
        return .object(try message(object, name, at: place(field, in: path)))
      }
    case .repeated(let kind): return try elements(value, kind, field, in: path)
    }
    throw Refusal(reason: "Invalid value at '\(place(field, in: path))'")
  }

  private func elements(
    _ value: JSONValue, _ kind: MessageSchema.Kind, _ field: MessageSchema.Field, in path: String
  ) throws(Refusal) -> JSONValue {
    var elements: [JSONValue] = []
    for (index, element) in (value.array ?? [value]).enumerated() {
      let element = try self.value(
        element, .init(name: "\(field.name)[\(index)]", kind: kind), in: path)
      elements.append(element)
    }
    return .array(elements)
  }

  /// Paths in messages are written in snake_case.
  private func place(_ field: MessageSchema.Field, in path: String) -> String {
    let name = MessageSchema.snakeCase(field.name)
    return path.isEmpty ? name : "\(path).\(name)"
  }
}
