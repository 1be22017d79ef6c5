import Conversation
import Faults
import Transcripts
import VirtualTime
import Wire

/// The way out of a connection: what a player sends goes through what is wrong with the wire, is
/// written down as the client will see it, and becomes commands.
struct Outlet: Sendable {
  private let recording: Player.Recording?
  private var line: FaultLine
  /// Whether anything can still reach the client.
  private(set) var isOpen = true

  init(_ recording: Player.Recording?, line: FaultLine) {
    self.recording = recording
    self.line = line
  }

  /// Whether a fault has done something so far.
  var hasFaulted: Bool { line.hasBegun }
  /// Whether anything may go wrong.
  var hasFaults: Bool { !line.isEmpty }

  var deadline: Instant? { isOpen ? line.deadline : nil }

  mutating func takeReplacers() -> [String] { line.takeReplacers() }

  mutating func add(_ plan: FaultPlan, owner: String) { line.add(plan, owner: owner) }

  mutating func remove(owner: String, isStepOver: Bool) {
    line.remove(owner: owner, isStepOver: isStepOver)
  }

  /// Sends an item; `kind` is what the wire calls a message.
  mutating func emit(
    _ item: Passing, kind: String? = nil, at now: Instant, into commands: inout [PeerCommand]
  ) {
    guard isOpen else { return }
    if line.isEmpty { return carryOut(.pass(item), at: now, into: &commands) }
    if case .response(let response) = item, line.splitsAnswers {
      var head = response
      head.body = []
      emit(.head(head), kind: Passing.headKind, at: now, into: &commands)
      emit(.piece(Payload(response.body)), at: now, into: &commands)
      return emit(.finish, at: now, into: &commands)
    }
    let effects = line.pass(item, kind: kind, at: now)
    tell(line.takeMarks(), into: &commands)
    for effect in effects { carryOut(effect, at: now, into: &commands) }
    if effects.isEmpty, !line.isHolding, item.isAnswer {
      // A request that is never answered: the transport must know that this is meant.
      commands.append(.raw([]))
    }
  }

  /// Sends what was held back until now.
  mutating func advance(to now: Instant, into commands: inout [PeerCommand]) {
    let effects = line.advance(to: now)
    tell(line.takeMarks(), into: &commands)
    for effect in effects { carryOut(effect, at: now, into: &commands) }
  }

  /// What faults did, for the log; findings are made of it.
  func tell(_ marks: [String], into commands: inout [PeerCommand]) {
    for mark in marks { commands.append(.log(LogLine(.info, "fault: \(mark)"))) }
  }

  /// The connection is gone.
  mutating func close() { isOpen = false }

  mutating func carryOut(_ effect: Effect, at now: Instant, into commands: inout [PeerCommand]) {
    guard isOpen else { return }
    switch effect {
    case .pass(let item): send(item, at: now, into: &commands)
    case .raw(let bytes):
      record(into: &commands) { $0.line(raw: bytes, at: now) }
      commands.append(.raw(bytes))
    case .shape(let shape):
      commands.append(.log(LogLine(.info, "fault: the wire changes: \(shape.words)")))
      commands.append(.shape(shape))
    case .reset: end(.reset, "reset", at: now, into: &commands)
    case .halfClose: end(.halfClose, "half_close", at: now, into: &commands)
    case .disconnect: end(.end(closeNotify: true), "disconnect", at: now, into: &commands)
    case .abort: end(.end(closeNotify: false), "abort", at: now, into: &commands)
    }
  }

  private mutating func send(
    _ item: Passing, at now: Instant, into commands: inout [PeerCommand]
  ) {
    switch item {
    case .upgrade(let subprotocol): commands.append(.upgrade(subprotocol: subprotocol))
    case .head(let response):
      record(into: &commands) { $0.line(answering: response, at: now) }
      commands.append(.begin(response))
    case .message(let message):
      record(message, of: .server, at: now, into: &commands)
      commands.append(.send(message.opcode, message.payload))
    case .piece(let payload):
      record(into: &commands) { $0.line(streaming: payload.bytes, at: now) }
      commands.append(.stream(payload))
    case .response(let response):
      record(into: &commands) { $0.line(answering: response, at: now) }
      commands.append(.respond(response))
      isOpen = false
    case .close(let code, let reason):
      record(into: &commands) { $0.line(.server, closing: code, reason: reason, at: now) }
      commands.append(.close(code, reason))
      isOpen = false
    case .finish:
      commands.append(.finish)
      isOpen = false
    }
  }

  private mutating func end(
    _ command: PeerCommand, _ word: String, at now: Instant, into commands: inout [PeerCommand]
  ) {
    isOpen = false
    record(into: &commands) { $0.line(ending: word, at: now) }
    commands.append(.log(LogLine(.info, "fault: \(word)")))
    commands.append(command)
  }

  /// A message goes into the transcript; its audio goes beside it where that is wanted, into a file
  /// for each piece, so that the same piece is kept once.
  func record(
    _ message: Message, of side: Recorder.Side, at now: Instant,
    into commands: inout [PeerCommand]
  ) {
    guard let recording else { return }
    var pieces: [AudioPiece] = []
    let line = recording.recorder.line(side, message, at: now) { piece in
      if recording.isKeepingAudio { pieces.append(piece) }
    }
    commands.append(.record(line: line, file: recording.file))
    for piece in pieces { commands.append(.record(line: piece.line, file: piece.file)) }
  }

  func record(into commands: inout [PeerCommand], _ line: (Recorder) -> [UInt8]) {
    guard let recording else { return }
    commands.append(.record(line: line(recording.recorder), file: recording.file))
  }
}

extension Passing {
  /// Whether a request is answered with it.
  fileprivate var isAnswer: Bool {
    if case .response = self { true } else { isHead }
  }
}

extension Shape {
  /// For the log.
  fileprivate var words: String {
    var words: [String] = []
    if let bytesPerSecond { words.append("\(bytesPerSecond) bytes/s") }
    if let pieceBytes { words.append("\(pieceBytes) bytes at once") }
    if isDeaf { words.append("nothing is read") }
    switch pongs {
    case .sent: break
    case .withheld: words.append("no pongs")
    case .late(let late): words.append("pongs \(Cursor.seconds(late)) late")
    }
    return words.joined(separator: ", ")
  }
}
