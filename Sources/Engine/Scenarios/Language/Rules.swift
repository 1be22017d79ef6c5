import Conversation

/// What may stand at one place of a scenario file.
///
/// Tables of these rules are the only description of the language: the checker walks them, and the
/// schema and the reference are generated from them.
indirect enum ValueRule: Sendable {
  /// Any scalar but null.
  case text
  /// Text with `${…}` in it.
  case template
  /// The version of the language this reader knows.
  case version(Int)
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  /// `true` or `false`.
  case flag
  /// One of a few words.
  case word([String])
  /// `service`, `realtime`, `fast`, or a factor such as `4x`.
  case pace
  /// A time such as `200ms`, `1.5s` or `10min`, from the first bound to the second.
  case duration(ClosedRange<Duration>)
  /// A WebSocket close code that may stand in a close frame.
  case closeCode
  /// Text of at most so many bytes of UTF-8.
  case shortText(bytesMax: Int)
  /// An absolute URL path, with `{name}` and `*`.
  case urlPath
  /// A file, relative to the one that names it.
  case file
  /// Bytes in base64.
  case base64
  /// A regular expression.
  case pattern
  /// Which ones, counted from 1: `2`, `1-3` or `4-`.
  case span
  /// How much is sent before something happens: `3 audio chunks`, `1.2s audio`, `2 messages`.
  case trigger
  /// From when to when: `10s-40s`.
  case window
  case nothing
  /// Any value, with `${…}` in its texts.
  case json
  /// What a value must be like.
  case matcher
  case list(of: ValueRule)
  case mapping(MappingRule)
  /// Keys of the user's own.
  case map(of: ValueRule, key: String)
  /// A list of steps.
  case steps
  /// A short form and a long one, told apart by the kind of the value.
  case either(ValueRule, ValueRule)
}

/// A mapping with known keys.
struct MappingRule: Sendable {
  let fields: [FieldRule]
  /// What the reference calls it.
  let name: String
  /// Keys that exclude each other.
  let alternatives: [String]
  /// Whether one of them must be there.
  let needsAlternative: Bool

  init(_ name: String, _ fields: FieldRule...) { self.init(name, fields: fields) }

  init(_ name: String, oneOf alternatives: [String], fields: [FieldRule]) {
    self.name = name
    self.fields = fields
    self.alternatives = alternatives
    needsAlternative = true
  }

  init(_ name: String, oneOf alternatives: String..., fields: FieldRule...) {
    self.name = name
    self.fields = fields
    self.alternatives = alternatives
    needsAlternative = true
  }

  init(_ name: String, atMostOneOf alternatives: String..., fields: FieldRule...) {
    self.name = name
    self.fields = fields
    self.alternatives = alternatives
    needsAlternative = false
  }

  init(_ name: String, fields: [FieldRule]) {
    self.name = name
    self.fields = fields
    alternatives = []
    needsAlternative = false
  }

  var keys: [String] { fields.map(\.key) }

  func field(_ key: String) -> FieldRule? { fields.first { $0.key == key } }
}

/// One key of a mapping.
struct FieldRule: Sendable {
  let key: String
  let isRequired: Bool
  let value: ValueRule
  /// One sentence for the reference.
  let summary: String
  /// How it may be written, for whoever left it out.
  let example: String?

  init(_ key: String, _ value: ValueRule, _ summary: String) {
    self.key = key
    self.value = value
    self.summary = summary
    isRequired = false
    example = nil
  }

  /// A key that must be there.
  init(_ key: String, _ value: ValueRule, _ summary: String, required example: String) {
    self.key = key
    self.value = value
    self.summary = summary
    isRequired = true
    self.example = example
  }
}

/// One kind of step: its leading key and what may stand beside it.
struct StepRule: Sendable {
  let key: String
  let mapping: MappingRule

  /// The first field is the leading key.
  init(_ fields: FieldRule...) {
    key = fields.first?.key ?? ""
    mapping = MappingRule(key, fields: fields)
  }
}

extension ValueRule {
  /// The rule for what a protocol lets a scenario decide.
  init(_ kind: Setting.Kind) {
    switch kind {
    case .word(let words): self = .word(words)
    case .flag: self = .flag
    case .integer(let range): self = .integer(range)
    case .duration(let range): self = .duration(range)
    case .text: self = .text
    case .texts: self = .list(of: .text)
    case .json: self = .json
    }
  }
}
