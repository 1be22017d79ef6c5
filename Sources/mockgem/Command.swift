/// One verb of the command line.
protocol Command {
  static var name: String { get }
  /// What it does, in one line of the overview.
  static var summary: String { get }
  /// How its words are written, after `mockgem NAME`.
  static var usage: String { get }
  static var options: [OptionRule] { get }
  /// How many words may stand beside the options.
  static var words: ClosedRange<Int> { get }

  /// Whether a command of the user's stands behind `--`.
  static var takesCommand: Bool { get }

  static func run(_ arguments: Arguments) throws(Failure)
}

/// One `--name VALUE`, or `--name` alone where `value` is nil.
struct OptionRule: Sendable {
  let name: String
  let value: String?
  let summary: String
  var isRepeatable = false

  init(_ name: String, _ value: String, _ summary: String, isRepeatable: Bool = false) {
    self.name = name
    self.value = value
    self.summary = summary
    self.isRepeatable = isRepeatable
  }

  init(_ name: String, _ summary: String) {
    self.name = name
    value = nil
    self.summary = summary
  }
}

extension Command {
  static var takesCommand: Bool { false }

  /// The whole help of the command, generated from its tables, so that the two cannot differ.
  static var help: String {
    var lines = ["usage: mockgem \(name) \(usage)", "", summary]
    if !options.isEmpty {
      lines += ["", "options:"]
      let labels = options.map { "--\($0.name)" + ($0.value.map { " \($0)" } ?? "") }
      let width = labels.map(\.count).max() ?? 0
      for (label, option) in zip(labels, options) {
        let space = String(repeating: " ", count: width - label.count + 2)
        lines.append("  \(label)\(space)\(option.summary)")
      }
    }
    return lines.joined(separator: "\n")
  }
}
