/// A path with `{names}` in it; a name stands for one word, or for the part of it before a verb.
///
///     /{version}/models/{model}:generateContent
package struct PathPattern: Hashable, Sendable {
  private enum Word: Hashable, Sendable {
    case fixed(String)
    case name(String)
  }

  package let text: String
  /// The names, in order.
  package let names: [String]
  /// What stands between the slashes.
  private let words: [Word]

  package init(_ text: String) {
    self.text = text
    names = text.split(separator: "{").dropFirst(text.hasPrefix("{") ? 0 : 1).compactMap { rest in
      rest.firstIndex(of: "}").map { String(rest[..<$0]) }
    }
    words = text.split(separator: "/").map { word in
      word.hasPrefix("{") && word.hasSuffix("}")
        ? .name(String(word.dropFirst().dropLast())) : .fixed(String(word))
    }
  }

  /// The same for all templates that differ in their names only: OpenAPI holds those for one path
  /// (OpenAPI 3.1, "Path Templating Matching").
  package var skeleton: String {
    names.reduce(text) { text, name in text.replacing("{\(name)}", with: "{}", maxReplacements: 1) }
  }

  /// This with a value for each name.
  package func filled(_ value: (_ name: String) -> String) -> String {
    names.reduce(text) { text, name in
      text.replacing("{\(name)}", with: value(name), maxReplacements: 1)
    }
  }

  /// What the names stand for in a path of these words; nil when it is another path. A word with a
  /// verb behind its name is not for here.
  package func captures(of path: ArraySlice<String>) -> [String: String]? {
    guard words.count == path.count else { return nil }
    var captures: [String: String] = [:]
    for (wanted, word) in zip(words, path) {
      switch wanted {
      case .name(let name): captures[name] = word
      case .fixed(let fixed): if fixed != word { return nil }
      }
    }
    return captures
  }

  package func begins(with word: String) -> Bool { words.first == .fixed(word) }
}
