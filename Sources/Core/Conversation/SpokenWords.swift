extension String {
  /// The words with the space before each, as tokens have it; joined they are the text.
  package var spokenWords: [String] {
    var words: [String] = []
    var word = ""
    for character in self {
      if character == " ", !word.isEmpty, word.last != " " {
        words.append(word)
        word = ""
      }
      word.append(character)
    }
    return word.isEmpty ? words : words + [word]
  }
}
