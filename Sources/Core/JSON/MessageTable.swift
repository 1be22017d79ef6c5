/// The text of a protocol's tables: `Name = word word …`, with indented lines that go on.
package enum MessageTable {
  package static func entries(_ table: String) -> [(name: String, words: [String])] {
    var entries: [(name: String, words: [String])] = []
    for line in table.split(separator: "\n") {
      var words = line.split(separator: " ").map(String.init)
      if line.hasPrefix(" ") {
        entries[entries.count - 1].words += words
      } else {
        let name = words.removeFirst()
        entries.append((name, Array(words.dropFirst())))
      }
    }
    return entries
  }

  /// `lower_snake_case` of a lowerCamelCase name, the other spelling ProtoJSON reads.
  package static func snakeCase(_ name: String) -> String {
    var snake = ""
    for character in name {
      if character.isUppercase { snake += "_" }
      snake += character.lowercased()
    }
    return snake
  }
}
