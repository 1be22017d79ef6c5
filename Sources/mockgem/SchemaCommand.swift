import JSON
import Scenarios

/// `mockgem schema`: the scenario language for editors and validators.
enum SchemaCommand: Command {
  static let name = "schema"
  static let summary = "Prints the scenario language: a JSON Schema, or its reference."
  static let usage = "[--option value]"
  static let words = 0...0
  static let options = [
    OptionRule("format", "json|markdown", "a JSON Schema 2020-12, or the reference (default json)")
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    switch arguments.text("format") {
    case nil, "json": Terminal.output(Schema.document(for: Catalogue.protocols).description)
    case "markdown": Terminal.output(Reference.markdown(for: Catalogue.protocols))
    case .some(let word):
      throw arguments.usage("unknown format '\(word)'", hint: "'json' or 'markdown'")
    }
  }
}
