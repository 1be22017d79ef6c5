import Audio
import AudioFiles
import Conversation
import Diagnostics
import Documents
import Playback
import Scenarios
import YAMLFiles

/// Reads scenarios with everything they refer to.
enum ScenarioFile {
  struct Reading {
    let path: String
    /// Nil when one of the diagnostics is an error.
    let script: Script?
    let diagnostics: [Diagnostic]
  }

  /// `root` is the folder no reference may leave; nil takes the working folder for files below it,
  /// and the scenario's own folder for others.
  static func read(_ path: String, root: String? = nil) -> Reading {
    let document: DocumentNode
    do {
      document = try YAMLFile.read(path)
    } catch {
      return Reading(path: path, script: nil, diagnostics: error.diagnostics)
    }
    let folder = Folder(of: path, root: root)
    let reading = ScenarioReader.read(document, protocols: Catalogue.protocols) { include in
      folder.document(include)
    }
    guard let scenario = reading.scenario else {
      return Reading(path: path, script: nil, diagnostics: reading.diagnostics)
    }
    var diagnostics = reading.diagnostics
    let clips = readClips(of: scenario, in: folder, into: &diagnostics)
    let files = readFiles(of: scenario, in: folder, into: &diagnostics)
    let isGood = diagnostics.allSatisfy { $0.severity != .error }
    return Reading(
      path: path, script: isGood ? Script(scenario, clips: clips, files: files) : nil,
      diagnostics: diagnostics)
  }

  private static func readClips(
    of scenario: Scenario, in folder: Folder, into diagnostics: inout [Diagnostic]
  ) -> [String: AudioClip] {
    let chunkings = Set(
      Catalogue.protocols.flatMap(\.chunkings) + scenario.chunkLengths.map(Chunking.init(every:)))
    var clips: [String: AudioClip] = [:]
    for reference in scenario.audioReferences {
      guard let path = folder.resolve(reference, into: &diagnostics) else { continue }
      do {
        let bytes = try AudioFile.read(path)
        clips[reference.path] = AudioClip(
          name: reference.path, bytes: bytes, chunkings: Array(chunkings))
      } catch {
        diagnostics.append(.error(error.message, at: reference.location, hint: error.hint))
      }
    }
    return clips
  }

  private static func readFiles(
    of scenario: Scenario, in folder: Folder, into diagnostics: inout [Diagnostic]
  ) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for reference in scenario.fileReferences {
      guard let path = folder.resolve(reference, into: &diagnostics) else { continue }
      do {
        files[reference.path] = try Files.read(path)
      } catch {
        diagnostics.append(
          .error("cannot read '\(reference.path)'", at: reference.location, hint: nil))
      }
    }
    return files
  }

  /// Where a scenario lies: its references count from there, and stay below a root.
  private struct Folder {
    private let path: String
    private let root: String

    init(of file: String, root: String?) {
      path = Files.absolute(Paths.folder(of: file))
      let working = Files.absolute("")
      self.root =
        root.map(Files.absolute) ?? (Folder.isInside(path, working) ? working : path)
    }

    func resolve(_ reference: FileReference, into diagnostics: inout [Diagnostic]) -> String? {
      let place = Files.absolute(Paths.join(path, reference.path))
      if Folder.isInside(place, root) { return place }
      diagnostics.append(
        .error(
          "'\(reference.path)' lies outside of \(root)", at: reference.location,
          hint: "copy it below, or allow a folder above with --root"))
      return nil
    }

    func document(_ include: String) -> Result<DocumentNode, ScenarioReader.Mistakes> {
      let place = Files.absolute(Paths.join(path, include))
      guard Folder.isInside(place, root) else {
        return .failure(
          ScenarioReader.Mistakes([
            .error("this file lies outside of \(root)", at: SourceLocation(file: include))
          ]))
      }
      do {
        return .success(try YAMLFile.read(Paths.join(path, include)))
      } catch {
        return .failure(ScenarioReader.Mistakes(error.diagnostics))
      }
    }

    private static func isInside(_ path: String, _ root: String) -> Bool {
      path == root || root == "/" || path.hasPrefix(root + "/")
    }
  }
}
