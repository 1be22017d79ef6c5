import Diagnostics
import Playback
import Scenarios
import YAMLFiles

/// The scenarios a server plays, as the command line names them.
struct ServedScenarios {
  let words: [String]
  /// The name of the one that plays where a client chooses none.
  let standard: String?
  let root: String?

  /// What a server without any file plays: it repeats what it is told.
  private static let parrot = """
    mockgem: 1
    name: Parrot
    rules:
    - when: {user: {any: true}}
      steps: [{say: "${user.text}"}]
    otherwise:
    - say: I heard you for ${user.speech} seconds.
    """

  /// Every scenario, or everything that is wrong.
  func read() throws(Failure) -> (repertoire: Repertoire, warnings: [Diagnostic]) {
    if words.isEmpty { return (try readParrot(), []) }
    let files = try ScenarioFolder.files(words)
    let (readings, clashes) = ScenarioFolder.read(files, root: root)
    let diagnostics = readings.flatMap(\.diagnostics) + clashes
    let scripts = readings.compactMap(\.script)
    guard scripts.count == files.count, clashes.isEmpty, let first = scripts.first else {
      throw .badInput(diagnostics)
    }
    var repertoire = Repertoire(scripts, standard: first)
    if let standard {
      guard let script = repertoire.script(named: standard) else {
        throw .usage(
          "no scenario '\(standard)'",
          hint: Spelling.hint(for: standard, among: scripts.map(\.scenario.name)))
      }
      repertoire = Repertoire(scripts, standard: script)
    }
    return (repertoire, diagnostics)
  }

  private func readParrot() throws(Failure) -> Repertoire {
    do {
      let document = try YAMLFile.parse(Array(Self.parrot.utf8), file: "parrot")
      let reading = ScenarioReader.read(document, protocols: Catalogue.protocols)
      guard let scenario = reading.scenario else { throw Failure.badInput(reading.diagnostics) }
      return Repertoire(Script(scenario))
    } catch let error as YAMLError {
      throw .badInput(error.diagnostics)
    } catch {
      throw .badInput([])
    }
  }

  /// Changes whenever a file does that a scenario may depend on.
  var stamp: [String?] {
    words.flatMap { word -> [String?] in
      let folder = Files.isFolder(word) ? word : Paths.folder(of: word)
      let all = Files.all(below: folder.isEmpty ? "." : folder, ending: "", passingOver: [])
      return all.prefix(10_000).map { path in Files.stamp(path).map { "\(path) \($0)" } }
    }
  }
}
