import Documents

extension DocumentNode {
  var scalar: String? {
    switch content {
    case .scalar(let text, _): text
    case .sequence, .mapping: nil
    }
  }

  /// The null of YAML's core schema: nothing, `~`, or `null`, unquoted.
  var isNull: Bool {
    switch content {
    case .scalar(let text, let isPlain):
      isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
    case .sequence, .mapping: false
    }
  }

  var members: [DocumentMember]? {
    switch content {
    case .mapping(let members): members
    case .scalar, .sequence: nil
    }
  }

  var elements: [DocumentNode] {
    switch content {
    case .sequence(let elements): elements
    case .scalar, .mapping: []
    }
  }

  subscript(key: String) -> DocumentNode? { members?.first { $0.key == key }?.value }

  /// What this is, for `but found …`.
  var noun: String {
    switch content {
    case .scalar(let text, _): isNull ? "nothing" : "'\(text)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Whether the value has the kind that a short form wants.
  func fits(_ rule: ValueRule) -> Bool {
    switch (content, rule) {
    case (.scalar, .nothing): isNull
    case (.scalar, .text), (.scalar, .version), (.scalar, .integer), (.scalar, .word),
      (.scalar, .pace),
      (.scalar, .duration), (.scalar, .closeCode), (.scalar, .shortText), (.scalar, .urlPath),
      (.scalar, .file):
      !isNull
    case (.sequence, .list), (.mapping, .mapping), (.mapping, .step): true
    case (_, .either(let short, let long)): fits(short) || fits(long)
    case (.scalar, _), (.sequence, _), (.mapping, _): false
    }
  }
}
