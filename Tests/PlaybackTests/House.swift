import Conversation
import Diagnostics
import JSON
import OpenAIRealtime
import Playback
import Scenarios
import Testing
import VirtualTime
import Wire
import YAMLFiles

/// A stage with its clients, on paper.
struct House {
  var stage: Stage
  var now = Instant.start
  var commands: [PeerCommand] = []
  private var last = 0

  /// Scenarios as they are written, without the line `mockgem: 1`.
  init(
    _ texts: String..., protocols: [WireProtocol] = [PlainSession.wireProtocol],
    isolation: Isolation = .key, isRecording: Bool = false,
    adjust: (inout Stage.Settings) -> Void = { _ in }
  ) throws {
    var scripts: [Script] = []
    for (index, text) in texts.enumerated() {
      let file = texts.count == 1 ? "x.yaml" : "\(index).yaml"
      let document = try YAMLFile.parse(Array("mockgem: 1\n\(text)".utf8), file: file)
      let reading = ScenarioReader.read(document, protocols: protocols)
      #expect(reading.diagnostics.map(\.description) == [])
      scripts.append(Script(try #require(reading.scenario)))
    }
    let standard = try #require(scripts.first)
    var settings = Stage.Settings(
      Repertoire(scripts, standard: standard), protocols: protocols, isolation: isolation,
      isRecording: isRecording, isKeepingAudio: isRecording)
    adjust(&settings)
    stage = Stage(settings)
  }

  mutating func open(
    _ target: String = "/plain", as number: UInt64 = 1, key: String = "k",
    headers: [Header] = [Header("Upgrade", "websocket")]
  ) {
    let own = [Header("key", key), Header("Authorization", "Bearer \(key)")]
    take(.opened(Request(target: target, headers: headers + own)), number)
  }

  /// One HTTP exchange, with all the time it takes.
  @discardableResult
  mutating func post(
    _ body: JSONValue, to target: String = "/plain", as number: UInt64 = 100, key: String = "k",
    method: String = "POST", headers: [Header] = []
  ) -> [JSONValue] {
    let before = commands.count
    let own = [Header("key", key)]
    take(
      .opened(
        Request(method: method, target: target, headers: headers + own, body: body.encoded)),
      number)
    run(number)
    take(.closed(nil, ""), number)
    return messages(in: commands[before...])
  }

  mutating func send(_ message: JSONValue, as number: UInt64 = 1) {
    take(.message(.text, message.encoded), number)
  }

  mutating func take(_ event: PeerEvent, _ number: UInt64 = 1) {
    commands += stage.receive(event, from: ConnectionID(number: number), at: now)
  }

  /// Lets time pass until nothing is due for ten minutes, or for so long.
  mutating func run(_ number: UInt64 = 1, for limit: Duration? = nil) {
    let end = limit.map { now + $0 }
    while let due = stage.deadline(of: ConnectionID(number: number)) {
      if due > end ?? now + .seconds(600) { break }
      now = max(now, due)
      take(.due, number)
    }
    if let end { now = end }
  }

  var messages: [JSONValue] { messages(in: commands[...]) }

  private func messages(in commands: ArraySlice<PeerCommand>) -> [JSONValue] {
    commands.compactMap {
      guard case .send(_, let payload) = $0 else { return nil }
      return try? JSONValue(parsing: payload.bytes)
    }
  }

  /// The messages since this was asked last, as JSON.
  mutating func news() -> [String] {
    defer { last = commands.count }
    return messages(in: commands[last...]).map(\.description)
  }

  var log: [String] {
    commands.compactMap { if case .log(let line) = $0 { line.text } else { nil } }
  }

  /// What expectations came to nothing.
  var failures: [String] {
    commands.compactMap {
      if case .log(let line) = $0, line.level == .error { line.text } else { nil }
    }
  }

  /// What was found out, as the file of findings holds it.
  var findings: [JSONValue] {
    commands.compactMap {
      guard case .record(let line, "findings.jsonl") = $0 else { return nil }
      return try? JSONValue(parsing: line)
    }
  }

  /// Findings that fail a run, in a line each.
  var complaints: [String] {
    findings.filter { finding in
      finding["finding"]?.string.flatMap(Finding.Kind.init)?.isFailure == true
    }.map { finding in
      let place = finding["line"].map { "\($0): " } ?? ""
      return "\(place)\(finding["finding"]?.string ?? ""): \(finding["text"]?.string ?? "")"
    }
  }

  var responses: [Response] {
    commands.compactMap { if case .respond(let response) = $0 { response } else { nil } }
  }

  var response: Response? { responses.first }
}
