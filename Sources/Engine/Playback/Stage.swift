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
    package var repertoire: Repertoire
    package var protocols: [WireProtocol]
    /// The Unix time, in seconds, at `Instant.start`.
    package var epoch: Int64
    package var isolation: Isolation
    package var isRecording: Bool
    /// Faults beside those of the scenarios.
    package var faults: [FaultOrder] = []
    /// Whether recordings hold the audio itself too.
    package var isKeepingAudio: Bool
    /// Whether what came is written into a file of its own as well.
    package var isJournalWritten = false
    /// Whether the control API is there: it shows and changes everything.
    package var isControlled = true
    /// Whether it answers under any name of this machine.
    package var isControlOpen = false

    package init(
      _ repertoire: Repertoire, protocols: [WireProtocol], epoch: Int64 = 0,
      isolation: Isolation = .key, isRecording: Bool = false, isKeepingAudio: Bool = false
    ) {
      self.repertoire = repertoire
      self.protocols = protocols
      self.epoch = epoch
      self.isolation = isolation
      self.isRecording = isRecording
      self.isKeepingAudio = isKeepingAudio
    }

    /// A number that is the same for all requests of one namespace, never negative.
    package func affinity(of request: Request) -> Int {
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in namespace(of: request).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      return Int(hash >> 1)
    }

    /// The namespace of the API key, wherever it stands; empty for none.
    func namespace(of request: Request) -> String {
      let takers = protocols.filter { $0.accepts(request) }
      return (takers + protocols).lazy.compactMap { $0.namespace(request) }.first ?? ""
    }
  }

  private(set) var settings: Settings
  var memories: [NamespaceName: Memory] = [:]
  var players: [ConnectionID: Player] = [:]
  var echoes: Set<ConnectionID> = []
  /// Faults beside those of the scenarios.
  var orders: [FaultOrder]
  var lastOrder = 0
  /// Answers of routes that take their time.
  var deliveries: [ConnectionID: Delivery] = [:]
  var journal = Journal()
  /// Who waits for something to come into the journal.
  var watches: [ConnectionID: JournalWatch] = [:]

  package init(_ settings: Settings) {
    self.settings = settings
    orders = settings.faults
    lastOrder = settings.faults.count
  }

  /// Connections that are open go on with the scenario they have; new ones get the new.
  package mutating func replace(_ repertoire: Repertoire) { settings.repertoire = repertoire }

  package func deadline(of connection: ConnectionID) -> Instant? {
    players[connection]?.deadline ?? deliveries[connection]?.due ?? watches[connection]?.next
  }

  package func keepsBody(of head: Request) -> Bool {
    settings.protocols.contains { $0.keepsBody(head) }
  }

  func sessionDeadline(of connection: ConnectionID) -> Instant? {
    players[connection]?.sessionDeadline
  }

  func isPlaying(_ connection: ConnectionID) -> Bool { players[connection] != nil }

  /// What a script waits for at its beginning.
  static func firstNeed(of script: Script) -> Need? {
    var cursor = Cursor(script)
    var known = Knowledge()
    _ = cursor.hear(.ready, at: .start, &known)
    return cursor.need
  }

  func need(of connection: ConnectionID) -> Need? { players[connection]?.need }

  /// How many connections are played right now.
  package var openCount: Int { players.count }

  /// How many connections of one scenario are played right now.
  package func openCount(of scenario: String) -> Int {
    players.values.count { $0.namespace.scenario == scenario }
  }

  /// Whether a script of one scenario waits for its client to come back.
  package func isParked(in scenario: String) -> Bool {
    memories.contains { $0.key.scenario == scenario && $0.value.isParked }
  }

  /// Whether a script waits for its client to come back.
  var isParked: Bool { memories.values.contains { $0.isParked } }

  package mutating func receive(
    _ event: PeerEvent, from connection: ConnectionID, at now: Instant
  ) -> [PeerCommand] {
    let commands = act(on: event, from: connection, at: now)
    journal.follow(commands, of: connection)
    guard case .closed(let code, let reason) = event else { return commands }
    let ended = journal.end(connection, code, reason, at: now)
    return commands + (ended.map { write($0) } ?? [])
  }

  private mutating func act(
    on event: PeerEvent, from connection: ConnectionID, at now: Instant
  ) -> [PeerCommand] {
    switch event {
    case .opened(let request): return open(request, as: connection, at: now)
    case .message(let opcode, let bytes) where echoes.contains(connection):
      return [.send(opcode, Payload(bytes))]
    case .due:
      if watches[connection] != nil { return look(for: connection, at: now) }
      if let commands = deliveries[connection]?.pass(now) {
        if deliveries[connection]?.due == nil { deliveries[connection] = nil }
        return commands
      }
      return play(event, from: connection, at: now)
    case .message: return play(event, from: connection, at: now)
    case .stopping:
      if echoes.contains(connection) { return [.close(.goingAway, "")] }
      return play(event, from: connection, at: now)
    case .closed(let code, let reason):
      deliveries[connection] = nil
      watches[connection] = nil
      if echoes.remove(connection) != nil { return [] }
      return close(connection, code, reason, at: now)
    }
  }

  private mutating func open(_ request: Request, as connection: ConnectionID, at now: Instant)
    -> [PeerCommand]
  {
    if let answer = control(request, as: connection, at: now) { return answer }
    let wireProtocol = settings.protocols.first { $0.accepts(request) }
    let desk = FrontDesk(protocols: settings.protocols, repertoire: settings.repertoire)
    let owner = wireProtocol?.namespace(request) ?? settings.namespace(of: request)
    guard let script = settings.repertoire.script(for: request, over: wireProtocol) else {
      let name = Repertoire.wish(of: request) ?? ""
      journal.begin(
        request, from: connection, at: .init(scenario: name, key: owner, taker: nil), now)
      let words = "no scenario '\(name)' for \(Redaction.target(request.target))"
      let finding = Finding(kind: .unexpected, location: nil, text: words)
      return [.log(LogLine(.warning, words))]
        + note(finding, of: connection, scenario: name, at: now)
        + [.respond(desk.unknownScenario(name))]
    }
    let namespace = NamespaceName(
      scenario: script.scenario.name, key: key(of: owner, connection))
    let route = route(for: request, script, namespace, isProtocol: wireProtocol != nil)
    journal.begin(
      request, from: connection,
      at: .init(
        scenario: namespace.scenario, key: owner,
        taker: route == nil ? wireProtocol?.name : "route"), now)
    if let route { return take(route, request, script, namespace, as: connection, at: now) }
    guard let wireProtocol else {
      let response = desk.response(to: request)
      let stray =
        response.status < 400 ? [] : noteStray(request, script, of: connection, at: now)
      return stray + [.respond(response)]
    }
    return open(request, script, over: wireProtocol, in: namespace, as: connection, at: now)
  }

  private mutating func open(
    _ request: Request, _ script: Script, over wireProtocol: WireProtocol,
    in namespace: NamespaceName, as connection: ConnectionID, at now: Instant
  ) -> [PeerCommand] {
    let target = Redaction.target(request.target)
    let verb = request.asksForWebSocket ? "opened at" : request.method
    let opening = PeerCommand.log(LogLine(.info, "\(wireProtocol.name) \(verb) \(target)"))
    var memory = takeMemory(of: namespace, script)
    defer { memories[namespace] = memory }
    let number = memory.count(wireProtocol.name)
    _ = memory.origin(at: now)
    let rule = script.scenario.connections.first { $0.covers(number) }
    if let refusal = rule?.refusal {
      let response = RouteBook(script: script).response(refusal, memory.captures)
      let lines = recording(of: connection, over: wireProtocol, at: now).map { recording in
        [
          recording.recorder.line(
            opening: request, protocolName: wireProtocol.name, at: now),
          recording.recorder.line(answering: response, at: now),
        ].map { PeerCommand.record(line: $0, file: recording.file) }
      }
      let words = "refused with \(response.status) as connection \(number)"
      let finding = note(
        Finding(kind: .fault, location: rule?.location, text: words), of: connection,
        transcript: fileName(of: connection, over: wireProtocol), scenario: namespace.scenario,
        at: now)
      return [opening, .log(LogLine(.info, words))] + finding + (lines ?? [])
        + [.respond(response)]
    }
    var cursor = Cursor(script, steps: rule?.steps)
    var commands = [opening]
    var found: [Finding] = []
    if let parked = memory.unpark(wireProtocol.name) {
      cursor = parked.cursor
      let reaction = cursor.reconnect(after: now - parked.since)
      commands += reaction.lines.map { .log($0) }
      found = reaction.findings
    }
    var player = Player(
      cursor, over: wireProtocol, in: namespace,
      as: .init(
        number: number, isExchange: !request.asksForWebSocket, opened: now,
        origin: memory.origin(at: now)),
      recording: recording(of: connection, over: wireProtocol, at: now))
    let own = script.scenario.faults.enumerated().map { ($1, "file-\($0)") }
    let ruled = (rule?.faults ?? []).enumerated().map { ($1, "connections-\(number)-\($0)") }
    for (plan, owner) in own + ruled + orders.map({ ($0.plan, $0.owner) })
    where !memory.isSpent(plan, of: owner) {
      player.add(plan, owner: owner)
    }
    commands += player.receive(.opened(request), at: now, in: &memory)
    for finding in found { player.note(finding, at: now, into: &commands) }
    journal.note(player.takeVerdicts(), of: connection)
    players[connection] = player
    return commands
  }

  /// Player and memory are changed where they lie: this runs for every chunk of audio.
  private mutating func play(_ event: PeerEvent, from connection: ConnectionID, at now: Instant)
    -> [PeerCommand]
  {
    guard let name = players[connection]?.namespace else { return [] }
    let fresh = Memory(Namespace(seed: 1, epoch: settings.epoch))
    let played = players[connection]?.judge(event, at: now, in: &memories[name, default: fresh])
    guard let (commands, verdicts) = played else { return [] }
    if !verdicts.isEmpty { journal.note(verdicts, of: connection) }
    return commands
  }

  mutating func takeMemory(of name: NamespaceName, _ script: Script) -> Memory {
    if let memory = memories.removeValue(forKey: name) { return memory }
    var namespace = Namespace(seed: script.scenario.seed, epoch: settings.epoch)
    for wireProtocol in settings.protocols
    where script.scenario.protocols?.contains(wireProtocol.name) != false {
      wireProtocol.furnish(
        script.scenario.sessionSettings(for: wireProtocol.section), &namespace)
    }
    return Memory(namespace)
  }

  private mutating func close(
    _ connection: ConnectionID, _ code: CloseCode?, _ reason: String, at now: Instant
  ) -> [PeerCommand] {
    let commands = play(.closed(code, reason), from: connection, at: now)
    guard let player = players.removeValue(forKey: connection) else { return commands }
    if settings.isolation == .connection { memories[player.namespace] = nil }
    // An exchange has no close frame; what became of it was said when it was answered.
    if player.isExchange { return commands }
    let words = code.map { "with \($0) \(reason)" } ?? "without a close frame"
    return commands + [.log(LogLine(.info, "closed \(words)"))]
  }

  private func key(of owner: String, _ connection: ConnectionID) -> String {
    switch settings.isolation {
    case .key: owner
    case .connection: "#\(connection.number)"
    }
  }

  private func recording(
    of connection: ConnectionID, over wireProtocol: WireProtocol, at now: Instant
  ) -> Player.Recording? {
    guard settings.isRecording else { return nil }
    return Player.Recording(
      recorder: Recorder(opened: now, audioRate: wireProtocol.audioRate),
      file: fileName(of: connection, over: wireProtocol),
      isKeepingAudio: settings.isKeepingAudio)
  }

  private func fileName(of connection: ConnectionID, over wireProtocol: WireProtocol) -> String {
    "\(wireProtocol.name)-\(connection.number).jsonl"
  }
}

/// What a namespace is called: tests that use a key each never share state.
package struct NamespaceName: Hashable, Sendable {
  package let scenario: String
  package let key: String
}

/// Who shares state with whom.
package enum Isolation: Hashable, Sendable {
  /// Connections with the same API key share a namespace.
  case key
  /// Every connection has a namespace of its own: for load tests with one key.
  case connection
}
