import Conformance
import Diagnostics
import Playback
import Scenarios

/// The folder of requirements: each is a file, and its path is its name.
struct RequirementFolder {
  let path: String
  /// The names of all requirements there, whether they are to be tried or not.
  let ids: [String]
  private let files: [String: String]

  /// Where the requirements lie that belong to mockgem, as seen from a checkout.
  private static let standard = "scenarios/conformance"

  init(_ arguments: Arguments) throws(Failure) {
    path = arguments.text("catalogue") ?? RequirementFolder.standard
    guard Files.isFolder(path) else {
      throw .badInput([
        .error(
          "there is no folder of requirements", at: SourceLocation(file: path),
          hint: "name it with --catalogue DIR; mockgem's own are in \(RequirementFolder.standard)")
      ])
    }
    var files: [String: String] = [:]
    for file in try ScenarioFolder.files([path]) {
      files[String(file.dropFirst(path.count).drop { $0 == "/" }.dropLast(5))] = file
    }
    self.files = files
    ids = files.keys.sorted()
  }

  /// Reads those whose names begin as one of the prefixes does.
  func read(_ prefixes: [String], root: String?) throws(Failure) -> (
    suite: ConformanceSuite, scripts: [String: Script]
  ) {
    for prefix in prefixes where !ids.contains(where: { ConformanceSuite.fits($0, prefix) }) {
      throw .usage(
        "no requirement's name begins with '\(prefix)'",
        hint: Spelling.nearest(to: prefix, among: names).map { "did you mean '\($0)'?" }
          ?? "'mockgem conform --list' shows them all")
    }
    var cases: [ConformanceCase] = []
    var scripts: [String: Script] = [:]
    var diagnostics: [Diagnostic] = []
    for id in ids
    where prefixes.isEmpty || prefixes.contains(where: { ConformanceSuite.fits(id, $0) }) {
      let file = files[id] ?? ""
      let reading = ScenarioFile.read(file, root: root ?? Paths.folder(of: path))
      diagnostics += reading.diagnostics
      guard let script = reading.script else { continue }
      var scenario = script.scenario
      scenario.name = id
      guard let item = ConformanceCase(id: id, scenario: scenario) else {
        diagnostics.append(
          .error(
            "this scenario has no 'requirement'", at: SourceLocation(file: file),
            hint: "say what a client must do, or move the file elsewhere"))
        continue
      }
      scenario.selection = Selection(key: item.key)
      cases.append(item)
      scripts[id] = Script(scenario, clips: script.clips, files: script.files)
    }
    if diagnostics.contains(where: { $0.severity == .error }) {
      var report = DiagnosticReport(.text)
      report.add(diagnostics)
      throw .badInput([])
    }
    return (ConformanceSuite(cases), scripts)
  }

  /// Every name and the beginnings of names.
  private var names: [String] {
    var names = Set(ids)
    for id in ids {
      let words = id.split(separator: "/")
      for count in 1..<max(words.count, 2) {
        names.insert(words.prefix(count).joined(separator: "/"))
      }
    }
    return names.sorted()
  }
}
