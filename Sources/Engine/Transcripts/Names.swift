import JSON

/// Which identifier of one transcript is which of the other: found out along events that say the
/// same, so that a message about another item than before is noticed.
struct Names {
  private var actual: [String: String] = [:]

  /// Where two messages of the same shape name different things. Each confusion is told once.
  mutating func conflicts(_ left: JSONValue, _ right: JSONValue, at path: String = "")
    -> [FieldChange]
  {
    switch (left, right) {
    case (.string(let expected), .string(let found)):
      guard Normalizer.prefix(ofName: expected) != nil, let known = actual[expected] else {
        actual[expected] = found
        return []
      }
      if known == found { return [] }
      actual[expected] = found
      return [FieldChange(path: path, expected: .string(known), actual: .string(found))]
    case (.array(let first), .array(let second)):
      var changes: [FieldChange] = []
      for (index, (left, right)) in zip(first, second).enumerated() {
        changes += conflicts(left, right, at: "\(path)[\(index)]")
      }
      return changes
    case (.object(let first), .object(let second)):
      var changes: [FieldChange] = []
      for member in first.members {
        guard let other = second[member.name] else { continue }
        changes += conflicts(
          member.value, other, at: path.isEmpty ? member.name : "\(path).\(member.name)")
      }
      return changes
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.shared, _), (.array, _),
      (.object, _):
      return []
    }
  }
}
