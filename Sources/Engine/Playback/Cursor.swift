import Audio
import Conversation
import Scenarios
import VirtualTime
import Wire

/// Where a connection stands in its script, and what the model does next.
///
///     waiting for ready -> at a step -> performing -> at the next step … -> over
///
/// Between two awaits lies one turn of the model: every step but `await` and `close` is part of it,
/// and it is ended before either of them. One direction is under way at a time.
struct Cursor: Sendable {
  private enum State {
    /// The session is not set up; the script has not begun.
    case waitingForReady
    /// At an `await: user`, and the client has not spoken yet.
    case awaitingUser
    /// A direction was given and has not been carried out yet.
    case performing
    /// The script has no steps left.
    case over
  }

  /// A client that asks faster than the script answers; more than this is a runaway client.
  private static let pendingTurnsMax = 100

  private let script: Script
  private var state = State.waitingForReady
  private var index = 0
  /// Whether the client waits for an answer, or the model has begun one.
  private var isTurnOpen = false
  /// Turns that came while the model was busy, and were not heard by any step yet.
  private var pendingTurns = 0

  init(_ script: Script) { self.script = script }

  /// What the model does after `event`, if anything, and what the log should say.
  mutating func hear(_ event: ClientEvent) -> Reaction {
    switch event {
    case .ready:
      guard case .waitingForReady = state else { return Reaction() }
      return next()
    case .spoke: return Reaction(.transcribe(.heard(nextHeard)))
    case .turn(let turn): return hear(turn)
    case .interrupted:
      isTurnOpen = false
      skipSpeech()
      return next()
    }
  }

  /// The direction given last has been carried out.
  mutating func performed() -> Reaction { next() }

  private mutating func hear(_ turn: UserTurn) -> Reaction {
    switch state {
    case .awaitingUser:
      let step = script.steps[index]
      index += 1
      isTurnOpen = true
      var reaction = next()
      reaction.note(.info, "\(describe(turn)) answers 'await: user' at \(step.location)")
      return reaction
    case .over:
      state = .performing
      var reaction = Reaction(.endTurn(TurnEnd()))
      reaction.note(
        .warning,
        "\(describe(turn)), but the scenario has no steps left: the model answers with nothing")
      return reaction
    case .waitingForReady, .performing:
      guard pendingTurns < Self.pendingTurnsMax else {
        return Reaction(
          nil, LogLine(.warning, "\(describe(turn)) dropped: \(pendingTurns) others wait already"))
      }
      pendingTurns += 1
      return Reaction()
    }
  }

  private mutating func next() -> Reaction {
    guard index < script.steps.count else {
      if let ending = endTurn() { return ending }
      state = .over
      guard pendingTurns > 0 else { return Reaction() }
      pendingTurns -= 1
      return hear(UserTurn())
    }
    switch script.steps[index].action {
    case .awaitUser:
      if let ending = endTurn() { return ending }
      state = .awaitingUser
      guard pendingTurns > 0 else { return Reaction() }
      pendingTurns -= 1
      return hear(UserTurn())
    case .say(let text, let audio, let chunk):
      index += 1
      state = .performing
      isTurnOpen = true
      let clip = audio.flatMap { script.clips[$0.path] }
      return Reaction(
        .say(Speech(text: text, audio: clip, chunking: chunk.map(Chunking.init(every:)))))
    case .close(let code, let reason):
      if let ending = endTurn() { return ending }
      index = script.steps.count
      state = .performing
      return Reaction(.hangUp(code.map(CloseCode.init(rawValue:)), reason))
    }
  }

  private mutating func endTurn() -> Reaction? {
    guard isTurnOpen else { return nil }
    isTurnOpen = false
    state = .performing
    return Reaction(.endTurn(TurnEnd()))
  }

  /// What was to be said when the client cut in is not said later.
  private mutating func skipSpeech() {
    while index < script.steps.count, case .say = script.steps[index].action { index += 1 }
  }

  /// What the user says at the step that waits, or at the next one that will.
  private var nextHeard: String? {
    for step in script.steps[index...] {
      if case .awaitUser(let heard) = step.action { return heard }
    }
    return nil
  }

  private func describe(_ turn: UserTurn) -> String {
    if turn.speech > .zero { return "user turn (\(turn.speech.milliseconds) ms of speech)" }
    return turn.text == nil ? "user turn" : "user turn (text)"
  }
}

/// What follows from an event: at most one direction, and lines for the log.
struct Reaction: Sendable {
  var direction: ServerAction?
  var lines: [LogLine]

  init(_ direction: ServerAction? = nil, _ lines: LogLine...) {
    self.direction = direction
    self.lines = lines
  }

  mutating func note(_ level: LogLine.Level, _ text: String) {
    lines.append(LogLine(level, text))
  }
}
