import Reports
import Synchronization
import Transcripts
import Wire

/// Keeps in memory what a server writes down while a command runs.
final class Collector: Sendable {
  /// An hour of speech; of audio beyond it the digests are kept alone.
  private static let audioBytesMax = 256 << 20
  private static let logLinesMax = 100_000

  private struct State {
    /// In the order they were begun.
    var names: [String] = []
    var lines: [String: [[UInt8]]] = [:]
    var audioBytes = 0
    var log: [String] = []
  }

  private let state = Mutex(State())
  private let isVerbose: Bool

  init(isVerbose: Bool) { self.isVerbose = isVerbose }

  var files: [(name: String, lines: [[UInt8]])] {
    state.withLock { state in state.names.map { ($0, state.lines[$0] ?? []) } }
  }

  var record: @Sendable (_ line: [UInt8], _ file: String) -> Void {
    { [self] line, file in
      state.withLock { state in
        if file.hasPrefix(AudioPiece.folder) {
          guard state.lines[file] == nil, state.audioBytes < Self.audioBytesMax else { return }
          state.audioBytes += line.count
        }
        if state.lines[file] == nil { state.names.append(file) }
        state.lines[file, default: []].append(line)
      }
    }
  }

  var log: @Sendable (LogLine) -> Void {
    { [self] line in
      let level = line.level == .info ? "" : "\(line.level.rawValue): "
      state.withLock { state in
        if state.log.count < Self.logLinesMax { state.log.append("\(level)\(line.text)") }
      }
      if isVerbose { Terminal.log("mockgem: \(level)\(line.text)") }
    }
  }

  /// Transcripts, findings and log as `serve --record` writes them; audio in one file.
  func write(into folder: String) throws(Failure) {
    try Files.makeDirectory(folder)
    var audio: [[UInt8]] = []
    for file in files {
      if file.name.hasPrefix(AudioPiece.folder) {
        audio += file.lines
      } else {
        try Files.replace("\(folder)/\(file.name)", with: Collector.bytes(file.lines))
      }
    }
    if !audio.isEmpty { try Files.replace("\(folder)/audio.jsonl", with: Collector.bytes(audio)) }
    let log = state.withLock { $0.log }
    try Files.replace("\(folder)/log.txt", with: log.map { "\($0)\n" }.joined())
  }

  private static func bytes(_ lines: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines { bytes += line + [UInt8(ascii: "\n")] }
    return bytes
  }
}
