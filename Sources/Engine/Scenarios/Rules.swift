/// What may stand at one place of a scenario file.
///
/// Tables of these rules are the only description of the language: the checker walks them, and
/// whatever else must know the language (a schema, a reference) is generated from them.
indirect enum ValueRule: Sendable {
  /// Any scalar but null.
  case text
  /// The version of the language this reader knows.
  case version(Int)
  case integer(ClosedRange<Int>)
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
  /// An absolute URL path.
  case urlPath
  /// A file, relative to the one that names it.
  case file
  case nothing
  case list(of: ValueRule)
  case mapping(MappingRule)
  /// One of the steps, told apart by its leading key.
  case step([StepRule])
  /// A short form and a long one, told apart by the kind of the value.
  case either(ValueRule, ValueRule)
}

struct MappingRule: Sendable {
  let fields: [FieldRule]

  init(_ fields: FieldRule...) { self.fields = fields }

  var keys: [String] { fields.map(\.key) }
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
    mapping = MappingRule(fields: fields)
  }
}

extension MappingRule {
  fileprivate init(fields: [FieldRule]) { self.fields = fields }
}
