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

  /// Whether the value has the kind that a rule wants.
  func fits(_ rule: ValueRule) -> Bool {
    switch (content, rule) {
    case (_, .either(let short, let long)): fits(short) || fits(long)
    case (_, .json), (_, .matcher): true
    case (.scalar, .nothing): isNull
    case (.scalar, .list), (.scalar, .steps), (.scalar, .mapping), (.scalar, .map): false
    case (.scalar, _): !isNull
    case (.sequence, .list), (.sequence, .steps): true
    case (.mapping, .mapping), (.mapping, .map): true
    case (.sequence, _), (.mapping, _): false
    }
  }

  /// Whether the short form is meant. Before a value of any kind, a mapping must be whole.
  func prefers(_ short: ValueRule, to long: ValueRule) -> Bool {
    if case .mapping(let rule) = short, case .json = long {
      return members.map { $0.count == 1 && rule.field($0[0].key) != nil } ?? false
    }
    return fits(short)
  }
}
