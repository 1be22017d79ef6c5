import Conversation
import Diagnostics
import Glibc
import Playback
import Scenarios

/// The scenarios that words of the command line name: files, and folders of files.
enum ScenarioFolder {
  /// More than any project has.
  private static let filesMax = 10_000

  /// Every scenario below the words, in the order of their paths. A folder called `broken`,
  /// `shared` or `audio` holds none of its own.
  static func files(_ words: [String]) throws(Failure) -> [String] {
    var files: [String] = []
    for word in words {
      if Files.isFolder(word) {
        let found = Files.all(below: word, ending: ".yaml", passingOver: ["broken", "shared"])
        if found.isEmpty {
          throw .badInput([
            .error(
              "no scenario in this folder", at: SourceLocation(file: word),
              hint: "scenarios end in .yaml")
          ])
        }
        files += found
      } else {
        files.append(word)
      }
    }
    guard files.count <= filesMax else {
      throw .usage("\(files.count) scenarios are too many", hint: "name a folder further down")
    }
    return files
  }

  /// Reads them all; two of one name are an error, since a client could not choose.
  static func read(_ files: [String], root: String?) -> (
    readings: [ScenarioFile.Reading], clashes: [Diagnostic]
  ) {
    let readings = files.map { ScenarioFile.read($0, root: root) }
    var clashes: [Diagnostic] = []
    var seen: [String: String] = [:]
    for reading in readings {
      guard let scenario = reading.script?.scenario else { continue }
      if let other = seen.updateValue(reading.path, forKey: scenario.name) {
        clashes.append(
          .error(
            "the scenario in \(other) is called '\(scenario.name)' too",
            at: SourceLocation(file: reading.path), hint: "give each a 'name' of its own"))
      }
    }
    return (readings, clashes)
  }
}
