import JSON

/// The tables of `MessageTables`, ready to be looked up.
struct MessageSchema: Sendable {
  indirect enum Kind: Hashable, Sendable {
    case string, bytes, boolean, int32, int64, number
    /// Taken as it is: free-form objects, and messages that nothing here looks into.
    case anything
    case oneOf([String])
    case message(String)
    case repeated(Kind)
  }

  struct Field: Sendable {
    /// As the wire writes it: lowerCamelCase.
    let name: String
    let kind: Kind
  }

  static let shared = MessageSchema()

  /// By message, then by either spelling of the name.
  private let messages: [String: [String: Field]]

  private init() {
    let enums = Dictionary(
      uniqueKeysWithValues: MessageTable.entries(MessageTables.enums).map { ($0.name, $0.words) })
    let entries = MessageTable.entries(MessageTables.messages)
    let names = Set(entries.map(\.name))
    var messages: [String: [String: Field]] = [:]
    for (message, words) in entries {
      var fields: [String: Field] = [:]
      for word in words {
        let parts = word.split(separator: ":").map(String.init)
        let kind = Self.kind(parts[1], enums: enums, messages: names)
        let field = Field(name: parts[0], kind: kind)
        fields[field.name] = field
        fields[MessageTable.snakeCase(field.name)] = field
      }
      messages[message] = fields
    }
    self.messages = messages
  }

  /// The fields of a message, by their names on the wire.
  func fields(of message: String) -> [Field] {
    (messages[message] ?? [:]).filter { $0.key == $0.value.name }.map(\.value).sorted {
      $0.name < $1.name
    }
  }

  /// The field that `name` spells, in camelCase or in snake_case.
  func field(_ name: String, of message: String) -> Field? { messages[message]?[name] }

  /// The camelCase name of the message, whichever casing the client writes; names that no client
  /// may send are the server's.
  func kind(of message: JSONValue, in root: String) -> String? {
    let names = message.object?.names ?? []
    let name = names.first { !["usageMetadata", "usage_metadata"].contains($0) } ?? names.first
    return name.map { field($0, of: root)?.name ?? $0 }
  }

  private static func kind(
    _ word: String, enums: [String: [String]], messages: Set<String>
  ) -> Kind {
    if word.hasPrefix("[") {
      let element = String(word.dropFirst().dropLast())
      return .repeated(kind(element, enums: enums, messages: messages))
    }
    switch word {
    case "string", "duration": return .string
    case "bytes": return .bytes
    case "boolean": return .boolean
    case "int32": return .int32
    case "int64": return .int64
    case "number": return .number
    case "map", "any": return .anything
    default:
      if messages.contains(word) { return .message(word) }
      return enums[word].map { .oneOf($0) } ?? .anything
    }
  }
}
