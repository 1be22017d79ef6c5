import Diagnostics
import JSON
import Playback
import Scenarios

/// `mockgem schema`: the scenario language for editors and validators.
enum SchemaCommand: Command {
  static let name = "schema"
  static let summary = "Prints the scenario language, or what is served over HTTP."
  static let usage = "[FILE] [--option value]"
  static let words = 0...1
  static let options = [
    OptionRule(
      "format", "json|markdown|openapi",
      "the language as JSON Schema 2020-12 or as its reference, or what a server of FILE answers, "
        + "as OpenAPI 3.1 (default json)")
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    if let file = arguments.words.first, arguments.text("format") != "openapi" {
      throw arguments.usage("'\(file)' means nothing here", hint: "'--format openapi' takes a file")
    }
    switch arguments.text("format") {
    case nil, "json": Terminal.output(Schema.document(for: Catalogue.protocols).description)
    case "markdown": Terminal.output(Reference.markdown(for: Catalogue.protocols))
    case "openapi":
      let document = Description.json(of: Catalogue.protocols, try script(arguments.words.first))
      Terminal.output(String(decoding: document.encoded(as: .pretty), as: UTF8.self))
    case .some(let word):
      throw arguments.usage(
        "unknown format '\(word)'", hint: "'json', 'markdown' or 'openapi'")
    }
  }

  private static func script(_ file: String?) throws(Failure) -> Script? {
    guard let file else { return nil }
    let reading = ScenarioFile.read(file, root: nil)
    var report = DiagnosticReport(.text)
    report.add(reading.diagnostics)
    guard let script = reading.script else { throw .badInput([]) }
    return script
  }
}
