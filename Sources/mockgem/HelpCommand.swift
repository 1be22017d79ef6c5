import Diagnostics

/// `mockgem help [COMMAND]`.
enum HelpCommand: Command {
  static let name = "help"
  static let summary = "Shows the commands, or how one is written."
  static let usage = "[COMMAND]"
  static let options: [OptionRule] = []
  static let words = 0...1

  static func run(_ arguments: Arguments) throws(Failure) {
    guard let verb = arguments.words.first else { return Terminal.output(overview) }
    guard let command = Mockgem.commands.first(where: { $0.name == verb }) else {
      throw .usage(
        "unknown command '\(verb)'",
        hint: Spelling.hint(for: verb, among: Mockgem.commands.map { $0.name }))
    }
    Terminal.output(command.help)
  }

  static var overview: String {
    let names = Mockgem.commands.map { $0.name }
    let width = names.map(\.count).max() ?? 0
    let list = Mockgem.commands.map { command in
      let space = String(repeating: " ", count: width - command.name.count + 2)
      return "  \(command.name)\(space)\(command.summary)"
    }
    return """
      mockgem \(Mockgem.version): an offline server for the AI APIs that stream.

      usage: mockgem COMMAND [--option value] [FILE]

      \(list.joined(separator: "\n"))

      exit codes: 0 success, 1 the subject failed, 2 an input file is wrong, 64 usage,
      69 the machine refused (a port in use), 70 a bug of mockgem
      """
  }
}
