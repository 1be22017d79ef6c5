import Conversation
import Diagnostics
import Faults
import JSON
import Scenarios
import Transcripts
import VirtualTime
import Wire

/// Plays a script over one connection: it joins the session, the cursor and the recorder.
///
/// The same value runs in virtual time on paper and in real time behind a socket.
///
/// An exchange may end before its script has told the answer: the client left, or it was answered
/// at once and the work goes on. The rest is then told in one go, each direction at the time it
/// would have come, so that the session can plan it.
struct Player: Sendable {
  private var session: any Session
  private var cursor: Cursor
  let wireProtocol: WireProtocol
  let recording: Recording?
  /// The connection's number in its namespace, from 1.
  private let number: Int
  private var outlet: Outlet
  /// What goes wrong on the way from the client.
  private var inward: FaultLine
  private var known: Knowledge
  /// Faults that mean nothing here, until the log has told.
  private var misfits: [String] = []
  /// The names by which a later exchange goes on from where this one ends.
  private var threads: [String] = []
  private(set) var isOpen = true
  /// What was found out since the stage asked last.
  var verdicts: [Finding] = []
  /// Whether this is an HTTP exchange: its end is no end of the conversation.
  let isExchange: Bool
  /// The namespace the connection belongs to.
  let namespace: NamespaceName

  /// Faults of a step end with it, unless they outlast it.
  private static let stepOwner = "step"
  /// A script that never waits and never ends must not stop the loop.
  private static let inputsMax = 10_000

  /// Where this connection is written down.
  struct Recording: Sendable {
    let recorder: Recorder
    let file: String
    /// Whether the audio itself is wanted as well, and not its digest alone.
    let isKeepingAudio: Bool
  }

  /// Which connection this is.
  struct Place: Sendable {
    /// In its namespace, from 1.
    let number: Int
    let isExchange: Bool
    let opened: Instant
    /// When the first connection of the namespace was opened.
    let origin: Instant
  }

  init(
    _ cursor: Cursor, over wireProtocol: WireProtocol, in namespace: NamespaceName,
    as place: Place, recording: Recording?
  ) {
    session = wireProtocol.open(
      cursor.script.scenario.sessionSettings(for: wireProtocol.section))
    self.cursor = cursor
    self.wireProtocol = wireProtocol
    self.namespace = namespace
    number = place.number
    isExchange = place.isExchange
    self.recording = recording
    let dice = Dice(seed: cursor.script.scenario.seed).split(UInt64(number))
    func line(_ index: UInt64) -> FaultLine {
      FaultLine(
        dice: dice.split(index), opened: place.opened, origin: place.origin,
        isExchange: place.isExchange)
    }
    outlet = Outlet(recording, line: line(1))
    inward = line(2)
    known = Knowledge(connection: number)
  }

  var deadline: Instant? {
    let own = isOpen ? [cursor.deadline, inward.deadline] : []
    return ([session.deadline, outlet.deadline] + own).compactMap(\.self).min()
  }

  /// Puts a fault on the connection; `owner` takes it away again.
  mutating func add(_ plan: FaultPlan, owner: String) {
    if let connections = plan.connections, !connections.contains(number) { return }
    if !FaultCatalogue.knows(plan.name, onWebSocket: !isExchange) { misfits.append(plan.name) }
    switch plan.direction {
    case .toClient: outlet.add(plan, owner: owner)
    case .toServer: inward.add(plan, owner: owner)
    }
  }

  mutating func removeFaults(of owner: String, isStepOver: Bool = false) {
    outlet.remove(owner: owner, isStepOver: isStepOver)
    inward.remove(owner: owner, isStepOver: isStepOver)
  }

  /// When the session alone has something to do.
  var sessionDeadline: Instant? { session.deadline }

  /// What the script waits for.
  var need: Stage.Need? { cursor.need }

  var isBusy: Bool { cursor.isBusy }
  /// Where the script stands.
  var place: SourceLocation? { cursor.place }
  var isStrict: Bool { cursor.script.scenario.isStrict }
  /// Whether a fault has done something to the connection: whoever leaves then has a reason.
  var hasFaulted: Bool { outlet.hasFaulted }

  mutating func receive(_ event: PeerEvent, at now: Instant, in memory: inout Memory)
    -> [PeerCommand]
  {
    if case .stopping = event { return stop(at: now) }
    known.captures = memory.captures
    var commands: [PeerCommand] = []
    var inputs = self.inputs(for: event, at: now, into: &commands)
    var index = 0
    var now = now
    func add(_ direction: ServerAction?) {
      if let direction { inputs.append(.direction(direction)) }
    }
    while index < inputs.count, index < Self.inputsMax {
      let input = inputs[index]
      index += 1
      if index == 1, isExchange, case .closed = input { isOpen = false }
      let outputs = session.receive(input, at: now, in: &memory.namespace)
      for output in outputs {
        if case .heard(.interrupted) = output { Player.drop(&inputs, from: index) }
        add(carryOut(output, at: now, in: &memory, into: &commands))
      }
      add(follow(input, at: now, into: &commands))
      if index == 1 {
        if case .closed = input, !isExchange { close(at: now, in: &memory, into: &commands) }
      }
      if index == inputs.count, isExchange, case .closed = event,
        let pause = cursor.pauseEnd
      {
        now = max(now, pause)
        add(react(cursor.pass(at: now, &known), at: now, into: &commands))
      }
    }
    for name in misfits {
      let place = isExchange ? "an HTTP exchange" : "a WebSocket"
      commands.append(
        .log(LogLine(.warning, "the fault '\(name)' means nothing on \(place), and is left out")))
    }
    misfits = []
    for name in threads { memory.remember(cursor, as: name) }
    for owner in outlet.takeReplacers() { memory.countFault(of: owner) }
    memory.captures = known.captures
    noteFaults(at: now, into: &commands)
    return commands
  }

  /// Directions that were given before the client cut in are not carried out after it.
  private static func drop(_ inputs: inout [Input], from index: Int) {
    let kept = inputs[index...].filter { input in
      if case .direction(.transcribe) = input { true } else { false }
    }
    inputs.replaceSubrange(index..., with: kept)
  }

  /// What the script makes of an input that no session translates.
  private mutating func follow(_ input: Input, at now: Instant, into commands: inout [PeerCommand])
    -> ServerAction?
  {
    switch input {
    case .message(let message):
      guard let json = message.json, let kind = wireProtocol.kind(json) else { return nil }
      return react(cursor.receive(json, kind: kind, at: now, &known), at: now, into: &commands)
    case .due: return react(cursor.pass(at: now, &known), at: now, into: &commands)
    case .opened, .direction, .closed: return nil
    }
  }

  /// What reaches the session of an event: nothing, or more than one input, where faults are.
  private mutating func inputs(
    for event: PeerEvent, at now: Instant, into commands: inout [PeerCommand]
  ) -> [Input] {
    switch event {
    case .opened(let request):
      if recording != nil {
        let text = "connection \(number) over \(wireProtocol.name)"
        note(Finding(kind: .opened, location: nil, text: text), at: now, into: &commands)
      }
      outlet.record(into: &commands) {
        $0.line(opening: request, protocolName: wireProtocol.name, at: now)
      }
      return [.opened(request)]
    case .message(let opcode, let bytes):
      let message = Message(received: bytes, as: opcode)
      outlet.record(message, of: .client, at: now, into: &commands)
      if inward.isEmpty { return [.message(message)] }
      let kind = message.json.flatMap(wireProtocol.kind)
      let effects = inward.pass(.message(message), kind: kind, at: now)
      outlet.tell(inward.takeMarks().map { "\($0) of the client" }, into: &commands)
      return take(in: effects, at: now, into: &commands)
    // A stop is the player's alone, and never comes here.
    case .due, .stopping:
      outlet.advance(to: now, into: &commands)
      return take(in: inward.advance(to: now), at: now, into: &commands) + [.due]
    case .closed(let code, let reason):
      if isOpen, outlet.isOpen {
        outlet.record(into: &commands) { $0.line(.client, closing: code, reason: reason, at: now) }
      }
      outlet.close()
      return [.closed(code, reason)]
    }
  }

  /// What the client sent arrives; what happens to the connection itself happens.
  private mutating func take(
    in effects: [Effect], at now: Instant, into commands: inout [PeerCommand]
  ) -> [Input] {
    var inputs: [Input] = []
    for effect in effects {
      if case .pass(.message(let message)) = effect {
        inputs.append(.message(message))
      } else {
        outlet.carryOut(effect, at: now, into: &commands)
      }
    }
    return inputs
  }

  private mutating func close(
    at now: Instant, in memory: inout Memory, into commands: inout [PeerCommand]
  ) {
    noteLeaving(at: now, into: &commands)
    isOpen = false
    let (reaction, goesOn) = cursor.close(at: now, &known)
    _ = react(reaction, at: now, into: &commands)
    if goesOn { memory.park(cursor, of: wireProtocol.name, at: now) }
  }

  private mutating func carryOut(
    _ output: Output, at now: Instant, in memory: inout Memory, into commands: inout [PeerCommand]
  ) -> ServerAction? {
    switch output {
    case .upgrade(let subprotocol):
      outlet.emit(
        .upgrade(subprotocol: subprotocol), kind: "handshake", at: now, into: &commands)
    case .respond(let response):
      isOpen = false
      outlet.emit(.response(response), at: now, into: &commands)
    case .begin(let response):
      outlet.emit(.head(response), kind: Passing.headKind, at: now, into: &commands)
    case .stream(let payload):
      if isOpen { outlet.emit(.piece(payload), kind: kind(of: payload), at: now, into: &commands) }
    case .finish:
      isOpen = false
      outlet.emit(.finish, at: now, into: &commands)
    case .send(let message):
      let kind = message.json.flatMap(wireProtocol.kind)
      if isOpen { outlet.emit(.message(message), kind: kind, at: now, into: &commands) }
    case .close(let code, let reason):
      if isOpen { end(with: code, reason, at: now, into: &commands) }
    case .converse(let thread): return take(up: thread, at: now, in: memory, into: &commands)
    case .remember(let name):
      // An exchange goes on until it is told; what counts is where it ends.
      if isExchange { threads.append(name) } else { memory.remember(cursor, as: name) }
    case .heard(let event):
      return react(cursor.hear(event, at: now, &known), at: now, into: &commands)
    case .performed:
      removeFaults(of: Player.stepOwner, isStepOver: true)
      return react(cursor.performed(at: now, &known), at: now, into: &commands)
    case .explain(let line):
      commands.append(.log(line))
      noteRefusal(line, at: now, into: &commands)
    }
    return nil
  }

  /// What the wire calls an event of a stream; nobody asks where no faults are.
  private func kind(of piece: Payload) -> String? {
    guard outlet.hasFaults, let event = EventText(piece) else { return nil }
    return event.name ?? event.json.flatMap(wireProtocol.kind)
  }

  /// RFC 6455, 7.4.1: 1001 is what a server says that goes down.
  private mutating func stop(at now: Instant) -> [PeerCommand] {
    var commands: [PeerCommand] = []
    if isOpen { end(with: .goingAway, "", at: now, into: &commands) }
    return commands
  }

  private mutating func end(
    with code: CloseCode?, _ reason: String, at now: Instant, into commands: inout [PeerCommand]
  ) {
    isOpen = false
    outlet.emit(.close(code, reason), at: now, into: &commands)
  }

  private mutating func take(
    up thread: ConversationThread, at now: Instant, in memory: Memory,
    into commands: inout [PeerCommand]
  ) -> ServerAction? {
    switch thread {
    case .new: return nil
    case .apart:
      cursor.beginAnew()
      return nil
    case .afterTurns(let turns):
      cursor.skip(turns: turns)
      return nil
    case .following(let name):
      if cursor.isReturning {
        cursor.resume(name)
        return nil
      }
      guard let earlier = memory.thread(name) else {
        commands.append(
          .log(LogLine(.warning, "'\(name)' is no conversation of this scenario: it begins anew")))
        return nil
      }
      cursor = earlier
      return react(cursor.pickUp(at: now, &known), at: now, into: &commands)
    }
  }

  private mutating func react(
    _ reaction: Reaction, at now: Instant, into commands: inout [PeerCommand]
  ) -> ServerAction? {
    for line in reaction.lines { commands.append(.log(line)) }
    for finding in reaction.findings { note(finding, at: now, into: &commands) }
    if let fault = reaction.fault { add(fault, owner: Player.stepOwner) }
    return isOpen || isExchange ? reaction.direction : nil
  }
}
