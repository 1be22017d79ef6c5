import JSON

/// Reads `${…}` in texts.
enum TemplateReader {
  /// Why a text is no template.
  struct Mistake: Error {
    let message: String
    let hint: String
  }

  /// `$${` stands for `${` itself.
  static func read(_ text: String) throws(Mistake) -> Template {
    guard text.contains("${") else { return .literal(.string(text)) }
    var pieces: [Template.Piece] = []
    var literal = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      let before = rest[..<start.lowerBound]
      if before.hasSuffix("$") {
        literal += before.dropLast() + "${"
        rest = rest[start.upperBound...]
        continue
      }
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
        throw Mistake(
          message: "'${' is not closed", hint: "write '${name}', or '$${' for the text itself")
      }
      literal += before
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = ""
      pieces.append(.value(try expression(rest[start.upperBound..<end])))
      rest = rest[rest.index(after: end)...]
    }
    literal += rest
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    if pieces.count == 1, case .value(let expression) = pieces[0] { return .value(expression) }
    if pieces.count == 1, case .literal(let text) = pieces[0] { return .literal(.string(text)) }
    return .text(pieces)
  }

  private static func expression(_ text: Substring) throws(Mistake) -> Expression {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy(isWord) else {
      throw Mistake(
        message: "'${\(text)}' is no name",
        hint: "letters, digits, '_' and '-', with '.' between the words, such as ${user.text}")
    }
    var filters: [Expression.Filter] = []
    for word in parts.dropFirst() {
      guard let filter = Expression.Filter(rawValue: word) else {
        throw Mistake(
          message: "unknown filter '\(word)'",
          hint: "known here: "
            + Expression.Filter.allCases.map(\.rawValue).joined(separator: ", "))
      }
      filters.append(filter)
    }
    return Expression(path: path, filters: filters)
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
