package import Conversation
import JSON
import Scenarios
import Transcripts
package import VirtualTime
package import Wire

/// Everything one loop serves: the namespaces, and a player for each connection.
///
/// A stage is a pure value. Behind sockets a transport feeds it; on paper a test does.
package struct Stage: Application {
  /// What a stage is set up with.
  package struct Settings: Sendable {
    package var script: Script
    package var protocols: [WireProtocol]
    /// The Unix time, in seconds, at `Instant.start`.
    package var epoch: Int64
    package var isolation: Isolation
    package var isRecording: Bool

    package init(
      script: Script, protocols: [WireProtocol], epoch: Int64 = 0, isolation: Isolation = .key,
      isRecording: Bool = false
    ) {
      self.script = script
      self.protocols = protocols
      self.epoch = epoch
      self.isolation = isolation
      self.isRecording = isRecording
    }

    /// A number that is the same for all requests of one namespace, never negative.
    package func affinity(of request: Request) -> Int {
      let name = protocols.first { $0.accepts(request) }?.namespace(request) ?? ""
      return Int((UInt64(name, radix: 16) ?? 0) >> 1)
    }
  }

  private let settings: Settings
  private var namespaces: [String: Namespace] = [:]
  private var players: [ConnectionID: Player] = [:]
  private var echoes: Set<ConnectionID> = []

  package init(_ settings: Settings) { self.settings = settings }

  package func deadline(of connection: ConnectionID) -> Instant? { players[connection]?.deadline }

  package mutating func receive(
    _ event: PeerEvent, from connection: ConnectionID, at now: Instant
  ) -> [PeerCommand] {
    switch event {
    case .opened(let request): return open(request, as: connection, at: now)
    case .message(let opcode, let bytes) where echoes.contains(connection):
      return [.send(opcode, Payload(bytes))]
    case .message, .due: return play(event, from: connection, at: now)
    case .closed(let code, let reason):
      if echoes.remove(connection) != nil { return [] }
      return close(connection, code, reason, at: now)
    }
  }

  private mutating func open(_ request: Request, as connection: ConnectionID, at now: Instant)
    -> [PeerCommand]
  {
    if request.asksForWebSocket,
      settings.script.scenario.routes.contains(where: { $0.path == request.path })
    {
      echoes.insert(connection)
      return [.upgrade(subprotocol: request.subprotocols.first)]
    }
    guard let wireProtocol = settings.protocols.first(where: { $0.accepts(request) }) else {
      return [.respond(respond(to: request))]
    }
    let namespace =
      switch settings.isolation {
      case .key: wireProtocol.namespace(request)
      case .connection: "#\(connection.number)"
      }
    players[connection] = Player(
      settings.script, over: wireProtocol, in: namespace,
      recording: recording(of: connection, over: wireProtocol, at: now))
    let target = Redaction.target(request.target)
    return [.log(LogLine(.info, "\(wireProtocol.name) opened at \(target)"))]
      + play(.opened(request), from: connection, at: now)
  }

  /// Player and namespace are changed where they lie: this runs for every chunk of audio.
  private mutating func play(_ event: PeerEvent, from connection: ConnectionID, at now: Instant)
    -> [PeerCommand]
  {
    guard let key = players[connection]?.namespace else { return [] }
    let fresh = Namespace(seed: settings.script.scenario.seed, epoch: settings.epoch)
    return players[connection]?.receive(event, at: now, in: &namespaces[key, default: fresh]) ?? []
  }

  private mutating func close(
    _ connection: ConnectionID, _ code: CloseCode?, _ reason: String, at now: Instant
  ) -> [PeerCommand] {
    let commands = play(.closed(code, reason), from: connection, at: now)
    guard let player = players.removeValue(forKey: connection) else { return commands }
    if settings.isolation == .connection { namespaces[player.namespace] = nil }
    let words = code.map { "with \($0) \(reason)" } ?? "without a close frame"
    return commands + [.log(LogLine(.info, "closed \(words)"))]
  }

  private func recording(
    of connection: ConnectionID, over wireProtocol: WireProtocol, at now: Instant
  ) -> Player.Recording? {
    guard settings.isRecording else { return nil }
    return Player.Recording(
      recorder: Recorder(opened: now, audioRate: wireProtocol.audioRate),
      file: "\(wireProtocol.name)-\(connection.number).jsonl")
  }

  private func respond(to request: Request) -> Response {
    FrontDesk(protocols: settings.protocols, scenario: settings.script.scenario.name)
      .response(to: request)
  }
}

/// Who shares state with whom.
package enum Isolation: Hashable, Sendable {
  /// Connections with the same API key share a namespace.
  case key
  /// Every connection has a namespace of its own: for load tests with one key.
  case connection
}
