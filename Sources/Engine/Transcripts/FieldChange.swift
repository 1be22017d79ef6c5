package import JSON

/// A place where two messages of the same kind differ.
package struct FieldChange: Hashable, Sendable, CustomStringConvertible {
  /// Such as `session.audio.input.format.rate`; empty for the whole.
  package let path: String
  package let expected: JSONValue?
  package let actual: JSONValue?

  /// Every place, in the order of the expected message.
  package static func changes(from expected: JSONValue, to actual: JSONValue) -> [FieldChange] {
    var changes: [FieldChange] = []
    compare(expected, actual, "", &changes)
    return changes
  }

  private static func compare(
    _ expected: JSONValue, _ actual: JSONValue, _ path: String, _ changes: inout [FieldChange]
  ) {
    if expected == actual { return }
    if let left = expected.object, let right = actual.object, left["digest"] == nil {
      for member in left.members {
        let place = path.isEmpty ? member.name : "\(path).\(member.name)"
        if let other = right[member.name] {
          compare(member.value, other, place, &changes)
        } else {
          changes.append(FieldChange(path: place, expected: member.value, actual: nil))
        }
      }
      for member in right.members where left[member.name] == nil {
        let place = path.isEmpty ? member.name : "\(path).\(member.name)"
        changes.append(FieldChange(path: place, expected: nil, actual: member.value))
      }
    } else if let left = expected.array, let right = actual.array, left.count == right.count {
      for (index, (first, second)) in zip(left, right).enumerated() {
        compare(first, second, "\(path)[\(index)]", &changes)
      }
    } else {
      changes.append(FieldChange(path: path, expected: expected, actual: actual))
    }
  }

  package var description: String {
    let place = path.isEmpty ? "" : "\(path): "
    switch (expected, actual) {
    case (let expected?, let actual?):
      if let words = FieldChange.audio(expected, actual) { return place + words }
      return "\(place)expected \(FieldChange.short(expected)), found \(FieldChange.short(actual))"
    case (let expected?, nil): return "\(place)\(FieldChange.short(expected)) is missing"
    case (nil, let actual?): return "\(place)\(FieldChange.short(actual)) is new"
    case (nil, nil): return place
    }
  }

  /// In words about sound, where both sides are sound.
  private static func audio(_ expected: JSONValue, _ actual: JSONValue) -> String? {
    guard let left = expected["digest"], let right = actual["digest"] else { return nil }
    if let from = expected["rate"]?.integer, let to = actual["rate"]?.integer, from != to {
      return "audio of \(to) Hz, expected \(from) Hz"
    }
    let gap = (actual["ms"]?.integer ?? 0) - (expected["ms"]?.integer ?? 0)
    if gap != 0 { return Self.length(gap) }
    return left == right ? nil : "audio of the same length, but its digest differs"
  }

  /// `audio shorter by 120 ms`.
  static func length(_ gap: Int) -> String {
    "audio \(gap < 0 ? "shorter" : "longer") by \(abs(gap)) ms"
  }

  static func short(_ value: JSONValue) -> String {
    let text = value.description
    return text.count > 120 ? text.prefix(120) + "…" : text
  }
}
