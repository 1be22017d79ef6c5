import Conversation
import Diagnostics
import JSON
import Scenarios
import Transcripts
package import VirtualTime
package import Wire

/// What is found out where no player is: requests that nothing takes, and what a run's end shows.
extension Stage {
  /// What the end of a run shows, or of one scenario: scripts whose client never came back.
  package func conclusion(at now: Instant, of scenario: String? = nil) -> [PeerCommand] {
    let names = memories.keys.filter { scenario == nil || $0.scenario == scenario }
      .sorted { ($0.scenario, $0.key) < ($1.scenario, $1.key) }
    let unended = scenario == nil ? journal.unended.flatMap(write) : []
    return unended
      + names.flatMap { name in
        (memories[name]?.parkedCursors ?? []).flatMap { parked in
          let guidance = settings.protocols.first { $0.name == parked.protocolName }?.guidance
          let finding = parked.cursor.abandoned.advised(by: guidance ?? Guidance())
          return record(finding, scenario: name.scenario, at: now)
        }
      }
  }

  /// A finding about a connection that no player has.
  mutating func note(
    _ finding: Finding, of connection: ConnectionID, transcript: String? = nil, scenario: String,
    at now: Instant
  ) -> [PeerCommand] {
    if finding.kind.isVerdict { journal.note([finding], of: connection) }
    return record(finding, transcript: transcript, scenario: scenario, at: now)
  }

  private func record(
    _ finding: Finding, transcript: String? = nil, scenario: String, at now: Instant
  ) -> [PeerCommand] {
    guard settings.isRecording else { return [] }
    let line = Recorder(opened: now, audioRate: 24_000).line(
      noting: finding.members(of: transcript, scenario: scenario), at: now)
    return [.record(line: line, file: Player.findingsFile)]
  }

  /// An exchange that a route answers, in a transcript of its own.
  func record(
    _ request: Request, _ response: Response, as connection: ConnectionID, scenario: String,
    from now: Instant, to due: Instant
  ) -> [PeerCommand] {
    guard settings.isRecording else { return [] }
    let recorder = Recorder(opened: now, audioRate: 24_000)
    let file = "route-\(connection.number).jsonl"
    let opened = Finding(kind: .opened, location: nil, text: "an exchange with a route")
    return record(opened, transcript: file, scenario: scenario, at: now) + [
      .record(line: recorder.line(opening: request, protocolName: "route", at: now), file: file),
      .record(line: recorder.line(answering: response, at: due), file: file),
    ]
  }

  /// A request that neither a protocol nor a route takes, with what comes nearest to it.
  mutating func noteStray(
    _ request: Request, _ script: Script, of connection: ConnectionID, at now: Instant
  ) -> [PeerCommand] {
    let target = Redaction.target(request.target)
    let verb = request.asksForWebSocket ? "a WebSocket at" : request.method
    let book = RouteBook(script: script)
    let desk = FrontDesk(protocols: settings.protocols, repertoire: settings.repertoire)
    // What it is nearly, then what the scenario itself offers.
    let nearest =
      book.nearest(to: request) ?? desk.mistake(in: request) ?? desk.nearest(to: request)
      ?? [book.list, desk.list].compactMap(\.self).joined(separator: "; ")
    let text = "nothing answers \(verb) \(target)"
    let hint = nearest.isEmpty ? nil : nearest
    return [.log(LogLine(.warning, hint.map { "\(text); \($0)" } ?? text))]
      + note(
        Finding(kind: .unexpected, location: nil, text: text, hint: hint), of: connection,
        scenario: script.scenario.name, at: now)
  }
}

extension RouteBook {
  /// The route that nearly takes the request, and why it does not.
  func nearest(to request: Request) -> String? {
    let near = script.scenario.routes.first { $0.path.captures(of: request.pathWords) != nil }
    if let near, let obstacle = obstacle(near, request) {
      return "the route at \(near.location) takes this path, but \(obstacle)"
    }
    let paths = script.scenario.routes.map(\.path.description)
    return Spelling.nearest(to: request.path, among: paths).map { "the nearest route is \($0)" }
  }

  /// What the scenario's own routes are; nil where it has none.
  var list: String? {
    let routes = script.scenario.routes
    if routes.isEmpty { return nil }
    let shown = routes.prefix(Self.listedMax).map { "\($0.method ?? "any") \($0.path)" }
    let rest = routes.count > Self.listedMax ? " and \(routes.count - Self.listedMax) more" : ""
    return "this scenario's routes: \(shown.joined(separator: ", "))\(rest)"
  }

  private static var listedMax: Int { 5 }
}

extension FrontDesk {
  /// What is wrong with a request whose path a protocol knows.
  func mistake(in request: Request) -> String? {
    for method in ["GET", "POST"] where method != request.method {
      let other = Request(method: method, target: request.target, headers: request.headers)
      if let taker = protocols.first(where: { $0.accepts(other) }) {
        return "\(taker.name) takes this path with \(method) and not \(request.method)"
      }
    }
    let upgrade = Request(
      target: request.target, headers: request.headers + [Header("Upgrade", "websocket")])
    if let taker = protocols.first(where: { $0.accepts(upgrade) }) {
      return "\(taker.name) is a WebSocket there: connect with ws:// or wss://"
    }
    if request.asksForWebSocket {
      let plain = Request(target: request.target)
      if let taker = protocols.first(where: { $0.accepts(plain) }) {
        return "\(taker.name) takes plain HTTP there, and no WebSocket"
      }
    }
    return nil
  }

  /// The path of a protocol that is spelt nearly so.
  func nearest(to request: Request) -> String? {
    let paths = protocols.flatMap(\.guidance.endpoints)
    let words = paths.map { $0.split(separator: " ").last.map(String.init) ?? $0 }
    guard let near = Spelling.nearest(to: request.path, among: words),
      let index = words.firstIndex(of: near)
    else { return nil }
    return "did you mean \(paths[index])?"
  }

  /// What the protocols serve; nil where there are none.
  var list: String? {
    let paths = protocols.flatMap(\.guidance.endpoints)
    return paths.isEmpty ? nil : "served here: \(paths.joined(separator: ", "))"
  }
}
