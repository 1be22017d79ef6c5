/// Guesses what a misspelt word was meant to be.
package enum Spelling {
  /// No word of any list is that long, and the search takes the square of it.
  private static let lengthMax = 64

  /// The nearest of `words` to `word`, if it is near enough to be a slip.
  ///
  /// A third of the letters may be wrong; ties go to the word listed first.
  package static func nearest(to word: String, among words: [String]) -> String? {
    guard word.utf8.count <= lengthMax else { return nil }
    let limit = max(1, word.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in words {
      let steps = distance(Array(word.lowercased()), Array(candidate.lowercased()))
      if steps <= limit, steps < best?.distance ?? .max { best = (candidate, steps) }
    }
    return best?.word
  }

  /// `did you mean 'x'?`, or the whole list when nothing is near and the list is short.
  package static func hint(for word: String, among words: [String]) -> String? {
    if let near = nearest(to: word, among: words) { return "did you mean '\(near)'?" }
    if words.isEmpty { return nil }
    return "known here: \(words.joined(separator: ", "))"
  }

  /// Edits from one word to the other: insert, delete, replace, swap neighbours.
  private static func distance(_ from: [Character], _ to: [Character]) -> Int {
    var rows = [Array(0...to.count)]
    for i in 1..<(from.count + 1) {
      var row = [i]
      for j in 1..<(to.count + 1) {
        let replaced = rows[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)
        var steps = min(replaced, rows[i - 1][j] + 1, row[j - 1] + 1)
        if i > 1, j > 1, from[i - 1] == to[j - 2], from[i - 2] == to[j - 1] {
          steps = min(steps, rows[i - 2][j - 2] + 1)
        }
        row.append(steps)
      }
      rows.append(row)
    }
    return rows[from.count][to.count]
  }
}
