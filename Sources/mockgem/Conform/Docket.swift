import Conversation
import JSON
import Reports
import Synchronization
import Transcripts
import Wire

/// What a server writes down while clients are tried, by the scenario it is about.
final class Docket: Sendable {
  /// What is remembered of a requirement until it is judged.
  private struct Entry {
    var findings: [[UInt8]] = []
    var transcripts: [String] = []
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var lines: [String: [[UInt8]]] = [:]
    /// When something was last written down about a scenario.
    var activity: [String: ContinuousClock.Instant] = [:]
    /// Which scenario a transcript belongs to.
    var owners: [String: String] = [:]
  }

  /// How transcripts of routes begin: those are beside every protocol, and one of them is where a
  /// client that runs already asks for its task.
  private static let routes = "route-"

  private let state = Mutex(State())
  private let isVerbose: Bool

  init(isVerbose: Bool) { self.isVerbose = isVerbose }

  var record: @Sendable (_ line: [UInt8], _ file: String) -> Void {
    { [self] line, file in
      if file.hasPrefix(AudioPiece.folder) || file.hasPrefix(Self.routes) { return }
      state.withLock { state in
        guard file == RunRecord.findingsFile else {
          state.lines[file, default: []].append(line)
          if let owner = state.owners[file] { state.activity[owner] = ContinuousClock.now }
          return
        }
        guard let finding = try? JSONValue(parsing: line),
          let scenario = finding["scenario"]?.string
        else { return }
        let transcript = finding["transcript"]?.string
        if transcript?.hasPrefix(Self.routes) == true { return }
        state.entries[scenario, default: Entry()].findings.append(line)
        state.activity[scenario] = ContinuousClock.now
        if let transcript, state.owners[transcript] == nil {
          state.owners[transcript] = scenario
          state.entries[scenario, default: Entry()].transcripts.append(transcript)
        }
      }
    }
  }

  var log: @Sendable (LogLine) -> Void {
    { [isVerbose] line in
      if isVerbose { Terminal.log("mockgem: \(line.level.rawValue): \(line.text)") }
    }
  }

  /// When something last happened to a scenario; nil before anything did.
  func activity(of scenario: String) -> ContinuousClock.Instant? {
    state.withLock { $0.activity[scenario] }
  }

  /// Everything about one scenario; it is forgotten here.
  func take(_ scenario: String) -> RunRecord {
    state.withLock { state in
      let entry = state.entries.removeValue(forKey: scenario) ?? Entry()
      var files = entry.transcripts.map { name in
        (name: name, lines: state.lines.removeValue(forKey: name) ?? [])
      }
      files.append((name: RunRecord.findingsFile, lines: entry.findings))
      return RunRecord(files: files)
    }
  }
}
