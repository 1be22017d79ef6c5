package import JSON

/// The paths of URLs as a user writes them: `/v1/chat/{id}/message`, `/v1/models/{id}:predict`,
/// `/files/*`.
package struct PathTemplate: Hashable, Sendable, CustomStringConvertible {
  /// One word of a path.
  private enum Segment: Hashable, Sendable {
    case word(String)
    /// `{name}`, or with fixed text around it: any word but the empty one, known as `${path.name}`.
    case capture(String, before: String, after: String)
    /// `*` at the end: the rest, whatever it is.
    case rest
  }

  private let segments: [Segment]

  /// These words and no others.
  package init(words: [String]) { segments = words.map { .word($0) } }

  /// Nil when `*` or braces stand where they may not.
  package init?(_ text: String) {
    let words = text.split(separator: "/").map(String.init)
    var segments: [Segment] = []
    for (index, word) in words.enumerated() {
      guard let segment = Self.segment(word, isLast: index == words.count - 1) else { return nil }
      segments.append(segment)
    }
    self.segments = segments
  }

  private static func segment(_ word: String, isLast: Bool) -> Segment? {
    if word == "*" { return isLast ? .rest : nil }
    guard word.contains(where: { "{}*".contains($0) }) else { return .word(word) }
    guard let open = word.firstIndex(of: "{"), let close = word.firstIndex(of: "}"), open < close
    else { return nil }
    let name = String(word[word.index(after: open)..<close])
    let before = String(word[..<open])
    let after = String(word[word.index(after: close)...])
    guard Values.isName(name), !(before + after).contains(where: { "{}*".contains($0) }) else {
      return nil
    }
    return .capture(name, before: before, after: after)
  }

  /// The names in braces, in order.
  package var names: [String] {
    segments.compactMap { if case .capture(let name, _, _) = $0 { name } else { nil } }
  }

  /// What a path of these words captures; nil when it is another path.
  package func captures(of words: [String]) -> JSONObject? {
    var words = words[...]
    var captures = JSONObject()
    for segment in segments {
      switch segment {
      case .rest: return captures
      case .word(let wanted): if words.popFirst() != wanted { return nil }
      case .capture(let name, let before, let after):
        guard let word = words.popFirst(), word.count > before.count + after.count,
          word.hasPrefix(before), word.hasSuffix(after)
        else { return nil }
        captures[name] = .string(String(word.dropFirst(before.count).dropLast(after.count)))
      }
    }
    return words.isEmpty ? captures : nil
  }

  /// Whether this is the nearer to a path that both take: at the first word in which they differ,
  /// fixed text goes before a capture, and a capture before the rest.
  package func precedes(_ other: PathTemplate) -> Bool {
    for (own, its) in zip(segments, other.segments) {
      let (ours, theirs) = (Self.vagueness(own), Self.vagueness(its))
      if ours != theirs { return ours < theirs }
    }
    return segments.count > other.segments.count
  }

  private static func vagueness(_ segment: Segment) -> Int {
    switch segment {
    case .word: 0
    case .capture(_, let before, let after): before.isEmpty && after.isEmpty ? 2 : 1
    case .rest: 3
    }
  }

  /// How many words it begins with that are fixed.
  package var leadingWords: Int {
    segments.prefix { if case .word = $0 { true } else { false } }.count
  }

  package var isLiteral: Bool { leadingWords == segments.count }

  /// As it was written.
  package var description: String {
    "/"
      + segments.map { segment in
        switch segment {
        case .word(let word): word
        case .capture(let name, let before, let after): "\(before){\(name)}\(after)"
        case .rest: "*"
        }
      }.joined(separator: "/")
  }
}
