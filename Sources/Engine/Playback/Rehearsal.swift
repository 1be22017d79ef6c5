package import Conversation
import JSON
import Scenarios
import VirtualTime
package import Wire

/// A scenario on paper: a stage, and a client that answers every `await` in the obvious way.
///
/// Time is virtual and nothing is random, so the same scenario gives the same bytes.
package struct Rehearsal {
  /// What became of it.
  package struct Outcome: Sendable {
    /// One line for each thing either side did, as a transcript holds them, by connection.
    package var connections: [[[UInt8]]] = []
    /// What was found out, as a file of findings holds it.
    package var findings: [[UInt8]] = []
    package var log: [LogLine] = []
    /// Why it ended before the script did; nil when it did not.
    package var obstacle: String?
  }

  /// Enough for any script; a client and a script that never come to an end stop here.
  private static let movesMax = 2000
  private static let eventsMax = 200_000
  /// How long a client waits for what is under way before it does the next thing.
  private static let patience = Duration.seconds(5)

  private var stage: Stage
  private var client: any ScriptedClient
  private let tools: [String]
  private var now = Instant.start
  private var outcome = Outcome()
  private var files: [String: Int] = [:]
  private var connection = ConnectionID(number: 0)
  private var isOpen = false
  private var wasRefused = false
  private var events = 0
  private var heard = 0
  /// What a conversation over exchanges waits for.
  private var next: Stage.Need?

  /// Plays `script` to `client`, or to the one that the protocol has, which shows `key`: without
  /// one a key that the scenario accepts.
  package static func play(
    _ script: Script, over wireProtocol: WireProtocol, with client: (any ScriptedClient)? = nil,
    key: String? = nil, epoch: Int64 = 1_790_000_000
  ) -> Outcome {
    let key = key ?? script.scenario.keys?.first ?? "key"
    guard let client = client ?? wireProtocol.client?(key) else {
      return Outcome(obstacle: "\(wireProtocol.name) has no client that could play")
    }
    var rehearsal = Rehearsal(
      stage: Stage(
        .init(
          Repertoire(script), protocols: [wireProtocol], epoch: epoch, isRecording: true)),
      client: client, tools: script.scenario.calledTools)
    if wireProtocol.isExchange { rehearsal.runExchanges(of: script) } else { rehearsal.run() }
    return rehearsal.outcome
  }

  private init(stage: Stage, client: any ScriptedClient, tools: [String]) {
    self.stage = stage
    self.tools = tools
    self.client = client
  }

  private mutating func run() {
    open()
    for _ in 0..<Self.movesMax {
      settle()
      if events >= Self.eventsMax { return finish() }
      guard isOpen else {
        // The server ended it. A script that goes on waits for the client to come back.
        guard stage.isParked || wasRefused else { return }
        now = now + .seconds(1)
        open()
        continue
      }
      guard let need = stage.need(of: connection) else { return finish() }
      switch need {
      case .client(let need):
        let before = heard
        guard act(need) else { return finish() }
        settle()
        if isOpen, heard == before, stage.need(of: connection) == .client(need), !client.hasMore {
          outcome.obstacle = "the server says nothing to what the client did: \(need)"
          return finish()
        }
      case .close, .reconnect: close()
      case .time(let due): letPass(until: due)
      case .model: return finish()
      }
    }
    outcome.obstacle = "the script did not end after \(Self.movesMax) moves of the client"
  }

  /// Each turn is an exchange; where the conversation stands is what the last one left.
  private mutating func runExchanges(of script: Script) {
    _ = client.act(.setUp(tools: tools))
    next = Stage.firstNeed(of: script)
    for _ in 0..<Self.movesMax {
      switch next {
      case nil, .close, .reconnect: return
      case .client(let need):
        isOpen = true
        guard act(need) else { return }
      case .model, .time:
        isOpen = true
        guard act(.turn(text: "Hello.", isSpoken: false)) else { return }
      }
      while isOpen, events < Self.eventsMax, let due = stage.deadline(of: connection) {
        letPass(until: due)
      }
      if isOpen {
        outcome.obstacle = "the exchange never ends"
        return
      }
      // Whoever is refused waits a little before the next try.
      if wasRefused { now = now + .seconds(1) }
      wasRefused = false
    }
    outcome.obstacle = "the script did not end after \(Self.movesMax) moves of the client"
  }

  private mutating func open() {
    connection = ConnectionID(number: connection.number + 1)
    guard let request = client.open() else {
      isOpen = false
      wasRefused = false
      return
    }
    isOpen = true
    wasRefused = false
    take(.opened(request))
    if isOpen { _ = act(.setUp(tools: tools)) }
  }

  private mutating func finish() {
    if isOpen { close() }
  }

  private mutating func close() {
    take(.closed(.normal, ""))
    isOpen = false
  }

  /// False when the client does not know how.
  private mutating func act(_ need: ClientNeed) -> Bool {
    let moves = client.act(need)
    if moves.isEmpty {
      outcome.obstacle = "the client on paper does not know how to do this: \(need)"
    }
    for move in moves {
      switch move {
      case .send(let message): if isOpen { take(.message(.text, message.encoded)) }
      case .request(let request):
        connection = ConnectionID(number: connection.number + 1)
        take(.opened(request))
      }
    }
    return !moves.isEmpty
  }

  /// Lets pass what is under way.
  private mutating func settle() {
    let end = now + Self.patience
    while isOpen, events < Self.eventsMax, let due = stage.sessionDeadline(of: connection),
      due <= end || stage.need(of: connection) == .model
    {
      letPass(until: due)
    }
  }

  private mutating func letPass(until due: Instant) {
    now = max(now, due)
    take(.due)
  }

  private mutating func take(_ event: PeerEvent) {
    events += 1
    var commands = stage.receive(event, from: connection, at: now)[...]
    var ending: PeerEvent?
    while let command = commands.popFirst() {
      switch command {
      case .record(let line, let file): record(line, file)
      case .log(let line): outcome.log.append(line)
      case .send(_, let payload), .stream(let payload): hear(payload.bytes)
      case .respond(let response):
        wasRefused = true
        if !response.body.isEmpty { hear(response.body) }
        ending = .closed(nil, "")
      case .close(let code, let reason): ending = .closed(code, reason)
      case .reset, .finish, .end: ending = .closed(nil, "")
      case .upgrade, .begin, .raw, .shape, .halfClose: break
      }
    }
    guard let ending, isOpen else { return }
    isOpen = false
    // A refused exchange leaves everything as it was: the client tries again.
    if stage.isPlaying(connection) { next = stage.need(of: connection) }
    for command in stage.receive(ending, from: connection, at: now) {
      if case .record(let line, let file) = command { record(line, file) }
      if case .log(let line) = command { outcome.log.append(line) }
    }
  }

  private mutating func hear(_ bytes: [UInt8]) {
    heard += 1
    if let message = try? JSONValue(parsing: bytes) { return client.receive(message) }
    // Events of a stream: what stands behind `data:`.
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: "data: ".utf8) {
      if let message = try? JSONValue(parsing: Array(line.dropFirst(6))) { client.receive(message) }
    }
  }

  private mutating func record(_ line: [UInt8], _ file: String) {
    if file == Player.findingsFile { return outcome.findings.append(line) }
    let index = files[file] ?? outcome.connections.count
    if files.updateValue(index, forKey: file) == nil { outcome.connections.append([]) }
    outcome.connections[index].append(line)
  }
}
