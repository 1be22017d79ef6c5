import Diagnostics

/// The words after the verb, checked against the command's tables: what is unknown, repeated or
/// left over is an error.
struct Arguments {
  private(set) var words: [String] = []
  /// What stands behind `--`, where the command takes a command of the user's.
  private(set) var command: [String] = []
  private var values: [String: [String]] = [:]
  private let verb: any Command.Type

  init(_ arguments: [String], for command: any Command.Type) throws(Failure) {
    verb = command
    var rest = arguments[...]
    var onlyWords = false
    while let word = rest.popFirst() {
      if onlyWords || !word.hasPrefix("-") || word == "-" {
        words.append(word)
      } else if word == "--", command.takesCommand {
        self.command = Array(rest)
        rest = []
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
    guard word.hasPrefix("--"), let rule = verb.options.first(where: { $0.name == name }) else {
      let near = Spelling.nearest(to: name, among: verb.options.map(\.name))
      throw usage("unknown option '\(parts[0])'", hint: near.map { "did you mean '--\($0)'?" })
    }
    if values[name] != nil, !rule.isRepeatable { throw usage("'--\(name)' is given twice") }
    guard let placeholder = rule.value else {
      if parts.count == 2 { throw usage("'--\(name)' takes no value") }
      return values[name] = [""]
    }
    guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
      throw usage("'--\(name)' needs a value: --\(name) \(placeholder)")
    }
    values[name, default: []].append(value)
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func text(_ name: String) -> String? { values[name]?.last }

  /// Every value of an option that may be given several times.
  func texts(_ name: String) -> [String] { values[name] ?? [] }

  /// `500ms`, `60s` or `5m`.
  func duration(_ name: String) throws(Failure) -> Duration? {
    guard let text = text(name) else { return nil }
    for (unit, length) in [("ms", 1), ("s", 1000), ("m", 60_000)] {
      guard text.hasSuffix(unit), let number = Double(text.dropLast(unit.count)) else { continue }
      guard number > 0, number <= 1e6 else { break }
      return .milliseconds(Int(number * Double(length)))
    }
    throw usage("'--\(name) \(text)' is no time", hint: "such as 500ms, 60s or 5m")
  }

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
    .usage(message, hint: hint ?? "'mockgem \(verb.name) --help' shows how it is written")
  }
}
