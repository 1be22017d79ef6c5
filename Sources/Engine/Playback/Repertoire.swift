package import Conversation
import Scenarios
package import Wire

/// The scenarios that are served together, and who gets which.
package struct Repertoire: Sendable {
  /// In the order of their files.
  package let scripts: [Script]
  /// What plays where a request chooses none.
  package let standard: Script

  /// Whether any is chosen by its model, or by its key.
  private let hasModels: Bool
  private let hasKeys: Bool

  /// `standard` must be one of `scripts`, or the only one.
  package init(_ scripts: [Script], standard: Script) {
    self.scripts = scripts
    self.standard = standard
    hasModels = scripts.contains { $0.scenario.selection.model != nil }
    hasKeys = scripts.contains { $0.scenario.selection.key != nil }
  }

  package init(_ script: Script) { self.init([script], standard: script) }

  /// What a request asks for by name: the header `x-mockgem-scenario`, or the query parameter
  /// `mockgem_scenario`.
  package static func wish(of request: Request) -> String? {
    request.header("x-mockgem-scenario") ?? request.query("mockgem_scenario")
  }

  /// By the client's wish, then by its model, then by its key. Nil when no scenario has that name.
  package func script(for request: Request, over wireProtocol: WireProtocol?) -> Script? {
    if let wish = Repertoire.wish(of: request) { return script(named: wish) }
    if hasModels, let model = wireProtocol?.model(request),
      let script = scripts.first(where: { $0.scenario.selection.model == model })
    {
      return script
    }
    if hasKeys, let key = wireProtocol?.credential(request),
      let script = scripts.first(where: { $0.scenario.selection.key == key })
    {
      return script
    }
    return standard
  }

  /// By the name in the file, or by the file's own without its folder and ending.
  package func script(named name: String) -> Script? {
    scripts.first { $0.scenario.name == name } ?? scripts.first { $0.scenario.stem == name }
  }
}
