import JSON

/// The tables of `MessageTables`, ready to be looked up.
struct MessageSchema: Sendable {
  indirect enum Kind: Hashable, Sendable {
    case string, bytes, bool, int32, int64, float, double
    /// Taken as it is: free-form values, and messages that nothing here looks into.
    case anything
    case oneOf(String)
    case message(String)
    case repeated(Kind)
    /// An object with free names.
    case map(Kind)
  }

  struct Field: Sendable {
    /// As the wire writes it: lowerCamelCase.
    let name: String
    let kind: Kind
  }

  static let shared = MessageSchema()

  /// Each message with its fields, and each enum with its words, in the order of the tables.
  let orderedMessages: [(name: String, fields: [Field])]
  let orderedEnums: [(name: String, words: [String])]
  /// By message, then by either spelling of the name.
  private let messages: [String: [String: Field]]
  private let numbers: [String: [String: Int]]
  private let words: [String: [Int: String]]

  private init() {
    var numbers: [String: [String: Int]] = [:]
    orderedEnums = MessageTable.entries(MessageTables.enums).map { name, words in
      (name, words.map { String($0.prefix { $0 != "=" }) })
    }
    for (name, words) in MessageTable.entries(MessageTables.enums) {
      var next = 0
      for word in words {
        let parts = word.split(separator: "=").map(String.init)
        if parts.count == 2, let number = Int(parts[1]) { next = number }
        numbers[name, default: [:]][parts[0]] = next
        next += 1
      }
    }
    let entries = MessageTable.entries(MessageTables.messages)
    let names = Set(entries.map(\.name))
    var messages: [String: [String: Field]] = [:]
    var ordered: [(name: String, fields: [Field])] = []
    for (message, words) in entries {
      var fields: [String: Field] = [:]
      var list: [Field] = []
      for word in words {
        guard let colon = word.firstIndex(of: ":") else { continue }
        let kind = Self.kind(
          String(word[word.index(after: colon)...]), enums: numbers, messages: names)
        let field = Field(name: String(word[..<colon]), kind: kind)
        list.append(field)
        fields[field.name] = field
        fields[MessageTable.snakeCase(field.name)] = field
      }
      messages[message] = fields
      ordered.append((message, list))
    }
    self.messages = messages
    orderedMessages = ordered
    self.numbers = numbers
    words = numbers.mapValues { table in
      Dictionary(uniqueKeysWithValues: table.map { ($0.value, $0.key) })
    }
  }

  /// The field that `name` spells, in camelCase or in snake_case.
  func field(_ name: String, of message: String) -> Field? { messages[message]?[name] }

  /// The number of an enum's word.
  func number(of word: String, in name: String) -> Int? { numbers[name]?[word] }

  /// The word of an enum's number.
  func word(of number: Int, in name: String) -> String? { words[name]?[number] }

  static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }

  private static func kind(
    _ word: String, enums: [String: [String: Int]], messages: Set<String>
  ) -> Kind {
    if word.hasPrefix("[") {
      return .repeated(kind(String(word.dropFirst().dropLast()), enums: enums, messages: messages))
    }
    if word.hasPrefix("map<") {
      return .map(kind(String(word.dropFirst(4).dropLast()), enums: enums, messages: messages))
    }
    switch word {
    case "string": return .string
    case "bytes": return .bytes
    case "bool": return .bool
    case "int32": return .int32
    case "int64": return .int64
    case "float": return .float
    case "double": return .double
    default:
      if messages.contains(word) { return .message(word) }
      return enums[word] == nil ? .anything : .oneOf(word)
    }
  }
}
