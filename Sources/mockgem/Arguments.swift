import Diagnostics

/// The words after the verb, checked against the command's tables: what is unknown, repeated or
/// left over is an error.
struct Arguments {
  private(set) var words: [String] = []
  private var values: [String: [String]] = [:]
  private let command: any Command.Type

  init(_ arguments: [String], for command: any Command.Type) throws(Failure) {
    self.command = command
    var rest = arguments[...]
    var onlyWords = false
    while let word = rest.popFirst() {
      if onlyWords || !word.hasPrefix("-") || word == "-" {
        words.append(word)
      } else if word == "--" {
        onlyWords = true
      } else {
        try take(option: word, from: &rest)
      }
    }
    if words.count > command.words.upperBound {
      throw usage("unexpected '\(words[command.words.upperBound])'")
    }
    if words.count < command.words.lowerBound { throw usage("a file is missing") }
  }

  private mutating func take(option word: String, from rest: inout ArraySlice<String>)
    throws(Failure)
  {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0].drop { $0 == "-" })
    guard word.hasPrefix("--"), let rule = command.options.first(where: { $0.name == name }) else {
      let near = Spelling.nearest(to: name, among: command.options.map(\.name))
      throw usage("unknown option '\(parts[0])'", hint: near.map { "did you mean '--\($0)'?" })
    }
    if values[name] != nil, !rule.isRepeatable { throw usage("'--\(name)' is given twice") }
    guard let placeholder = rule.value else {
      if parts.count == 2 { throw usage("'--\(name)' takes no value") }
      return values[name] = []
    }
    guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
      throw usage("'--\(name)' needs a value: --\(name) \(placeholder)")
    }
    values[name, default: []].append(value)
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func text(_ name: String) -> String? { values[name]?.first }

  /// Every value of an option that may be repeated, in order.
  func texts(_ name: String) -> [String] { values[name] ?? [] }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
    guard let text = text(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw usage(
        "'--\(name) \(text)' is out of range",
        hint: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A mistake in the words themselves; without a better hint it points to the command's help.
  func usage(_ message: String, hint: String? = nil) -> Failure {
    .usage(message, hint: hint ?? "'mockgem \(command.name) --help' shows how it is written")
  }
}
