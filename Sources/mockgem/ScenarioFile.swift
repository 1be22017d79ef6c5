import Audio
import AudioFiles
import Conversation
import Diagnostics
import Documents
import Playback
import Scenarios
import YAMLFiles

/// Reads a scenario with everything it refers to.
enum ScenarioFile {
  struct Reading {
    /// Nil when one of the diagnostics is an error.
    let script: Script?
    let diagnostics: [Diagnostic]
  }

  static func read(_ path: String) -> Reading {
    let document: DocumentNode
    do {
      document = try YAMLFile.read(path)
    } catch {
      return Reading(script: nil, diagnostics: error.diagnostics)
    }
    let reading = ScenarioReader.read(document)
    guard let scenario = reading.scenario else {
      return Reading(script: nil, diagnostics: reading.diagnostics)
    }
    var diagnostics = reading.diagnostics
    let clips = readClips(of: scenario, beside: path, into: &diagnostics)
    let isGood = diagnostics.allSatisfy { $0.severity != .error }
    return Reading(
      script: isGood ? Script(scenario, clips: clips) : nil, diagnostics: diagnostics)
  }

  private static func readClips(
    of scenario: Scenario, beside path: String, into diagnostics: inout [Diagnostic]
  ) -> [String: AudioClip] {
    let chunkings = Set(
      Catalogue.protocols.flatMap(\.chunkings) + scenario.chunkLengths.map(Chunking.init(every:)))
    var clips: [String: AudioClip] = [:]
    for reference in scenario.audioReferences {
      do {
        let bytes = try AudioFile.read(resolve(reference.path, beside: path))
        clips[reference.path] = AudioClip(
          name: reference.path, bytes: bytes, chunkings: Array(chunkings))
      } catch {
        diagnostics.append(.error(error.message, at: reference.location, hint: error.hint))
      }
    }
    return clips
  }

  /// Paths in a scenario count from the file that holds them.
  private static func resolve(_ path: String, beside file: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}
