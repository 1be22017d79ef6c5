import AudioFiles
import Cassettes
import Conversation
import Diagnostics
import Documents
import JSON
import Scenarios
import Transcripts
import Wire
import YAMLFiles

/// `mockgem import RECORDING`: a scenario out of a recorded conversation.
enum ImportCommand: Command {
  static let name = "import"
  static let summary = "Makes a scenario, its audio and a transcript out of a recording."
  static let usage = "RECORDING [--option value]"
  static let words = 1...1
  static let options = [
    OptionRule("out", "DIR", "where the files go (default the working folder)"),
    OptionRule("name", "NAME", "what the scenario is called (default as the recording)"),
    OptionRule("as", "PROTOCOL", "the protocol (default the one whose messages these are)"),
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    let path = arguments.words[0]
    let cassette = Cassette(try values(in: path))
    let name = arguments.text("name") ?? stem(path)
    let folder = arguments.text("out") ?? "."
    if !cassette.frames.isEmpty {
      let wireProtocol = try wireProtocol(of: cassette, path, arguments)
      try write(cassette, over: wireProtocol, name, into: folder)
    } else if !cassette.exchanges.isEmpty {
      let skeleton = Skeleton(cassette.exchanges, name: name)
      try write(skeleton, cassette.exchangeTranscript, "route", name, into: folder)
    } else {
      throw .badInput([
        .error(
          "no frames and no exchanges in this file", at: SourceLocation(file: path),
          hint: "a transcript, a list of frames that were sent and received, or requests with "
            + "their answers")
      ])
    }
  }

  private static func write(
    _ cassette: Cassette, over wireProtocol: WireProtocol, _ name: String, into folder: String
  ) throws(Failure) {
    let retold = wireProtocol.retell?(cassette.messages) ?? Retold([])
    let skeleton = Skeleton(retold, name: name, protocolName: wireProtocol.name)
    var client = wireProtocol.client?("key")
    let usual = client?.open() ?? Request(target: "/")
    let request = Request(target: retold.target ?? usual.target, headers: usual.headers)
    let (transcript, audio) = cassette.transcript(over: wireProtocol, opening: request)
    try write(skeleton, transcript, wireProtocol.name, name, into: folder)
    if audio.isEmpty { return }
    var bytes: [UInt8] = []
    for piece in audio { bytes += piece.line + [UInt8(ascii: "\n")] }
    try Files.write(bytes, to: "\(folder)/audio.jsonl")
  }

  private static func write(
    _ skeleton: Skeleton, _ transcript: Transcript, _ protocolName: String, _ name: String,
    into folder: String
  ) throws(Failure) {
    let scenario = "\(folder)/\(name).yaml"
    if Files.stamp(scenario) != nil {
      throw Failure(
        .badInput, "'\(scenario)' is there already", hint: "choose another --out or --name")
    }
    try Files.makeDirectory(skeleton.clips.isEmpty ? folder : "\(folder)/audio")
    for clip in skeleton.clips {
      do {
        try AudioFile.write(clip.audio, rate: clip.rate, to: "\(folder)/\(clip.path)")
      } catch {
        throw Failure(.unavailable, error.message, hint: error.hint)
      }
    }
    try Files.write(transcript.encoded, to: "\(folder)/\(name).\(protocolName).jsonl")
    try Files.write(Array(skeleton.text.utf8), to: scenario)
    Terminal.output(scenario)
  }

  /// One value for a file of YAML or JSON, one for each line of a file of JSON lines.
  private static func values(in path: String) throws(Failure) -> [JSONValue] {
    let bytes = try Files.read(path)
    if let transcript = try? Transcript(parsing: bytes), !transcript.lines.isEmpty {
      return transcript.lines
    }
    if let value = try? JSONValue(parsing: bytes) { return [value] }
    do {
      return [try YAMLFile.parse(bytes, file: path).json]
    } catch {
      throw .badInput(error.diagnostics)
    }
  }

  /// The protocol of the recording: the one that knows most of what its client sent.
  private static func wireProtocol(
    of cassette: Cassette, _ path: String, _ arguments: Arguments
  ) throws(Failure) -> WireProtocol {
    let able = Catalogue.protocols.filter { $0.retell != nil }
    if let name = arguments.text("as") {
      if let chosen = able.first(where: { $0.name == name }) { return chosen }
      throw arguments.usage(
        "no recordings of '\(name)' can be read",
        hint: Spelling.hint(
          for: name, among: able.map(\.name)))
    }
    let sent = cassette.messages.filter { !$0.isFromServer }
    let counts = able.map { wireProtocol in
      sent.count { message in
        wireProtocol.kind(message.body).map(wireProtocol.clientMessages.contains) ?? false
      }
    }
    guard let best = counts.indices.max(by: { counts[$0] < counts[$1] }), counts[best] > 0 else {
      throw .badInput([
        .error(
          "no protocol knows what this client sent", at: SourceLocation(file: path),
          hint: "name it with --as: \(able.map(\.name).joined(separator: ", "))")
      ])
    }
    return able[best]
  }

  /// The file's name without its folder and ending, in letters that a path can have.
  private static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    return String(stem.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
  }
}
