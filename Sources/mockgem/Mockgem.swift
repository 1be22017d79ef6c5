import Diagnostics
import Transport

/// The entry: finds the command and turns its outcome into an exit code.
@main enum Mockgem {
  static let version = "0.1.0"

  /// In the order the help shows them. To add a command: one file, and one line here.
  static var commands: [any Command.Type] {
    [
      ServeCommand.self, RunCommand.self, ConformCommand.self, CheckCommand.self,
      PlayCommand.self, DiffCommand.self, ImportCommand.self, SchemaCommand.self,
      FaultsCommand.self,
      HelpCommand.self,
    ]
  }

  static func main() {
    Signals.ignoreClosedPipes()
    let words = Array(CommandLine.arguments.dropFirst())
    do {
      try run(words)
      exit(.success)
    } catch {
      for line in error.lines { Terminal.error(line) }
      exit(error.code)
    }
  }

  private static func run(_ words: [String]) throws(Failure) {
    guard let verb = words.first else { throw .usage("no command given", hint: helpHint) }
    if verb == "--version" { return Terminal.output("mockgem \(version)") }
    if ["--help", "-h"].contains(verb) { return Terminal.output(HelpCommand.overview) }
    guard let command = commands.first(where: { $0.name == verb }) else {
      throw .usage(
        "unknown command '\(verb)'",
        hint: Spelling.hint(for: verb, among: commands.map { $0.name }))
    }
    let rest = Array(words.dropFirst())
    if rest.prefix(while: { $0 != "--" }).contains("--help") {
      return Terminal.output(command.help)
    }
    try command.run(try Arguments(rest, for: command))
  }

  static let helpHint = "'mockgem help' lists the commands"
}
