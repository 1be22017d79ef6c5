import Conversation
import Diagnostics
import JSON
import Scenarios
import VirtualTime
import Wire

/// Where a conversation stands in its script, and what the model does next.
///
///     waiting for ready -> at a step -> performing | pausing | waiting -> at the next … -> over
///
/// Between two awaits of the user lies one turn of the model; it is ended before the second. One
/// direction is under way at a time. What a step does is in `Cursor+Steps.swift`, how a script ends
/// in `Cursor+Endings.swift`.
struct Cursor: Sendable {
  enum State: Sendable {
    /// The session is not set up; the script has not begun, or goes on only then.
    case waitingForReady
    /// At an `await`, and it has not come yet.
    case waiting(Await, SourceLocation)
    /// At a `wait`, until the deadline.
    case pausing
    /// A direction was given and has not been carried out yet.
    case performing
    /// The script has no steps left; rules may still answer.
    case over
  }

  /// A list of steps that is being played.
  struct Frame: Sendable {
    let steps: [Step]
    var index = 0
    /// How often it is played once more; nil once only.
    var repeats: Int?
  }

  /// A client that asks faster than the script answers; more than this is a runaway client.
  private static let pendingTurnsMax = 100

  let script: Script
  /// Those that a conversation begins with.
  private let steps: [Step]
  var state = State.waitingForReady
  var frames: [Frame]
  /// Whether the client waits for an answer, or the model has begun one.
  var isTurnOpen = false
  /// Whether the session was told that the turn waits for results.
  var isAwaitingResults = false
  /// Turns that came while the model was busy, and were not heard by any step yet.
  var pendingTurns: [UserTurn] = []
  /// How many turns of the user were heard.
  var turnCount = 0
  var lastTurn = UserTurn()
  /// How often each rule was taken, by where it stands.
  var taken: [SourceLocation: Int] = [:]
  /// When time alone moves the cursor on.
  var deadline: Instant?
  /// The name of what this conversation goes on with, as the client gave it.
  var resumedHandle: String?
  /// The step that awaited a client that has come back.
  var returning: (Await, SourceLocation)?

  init(_ script: Script, steps: [Step]? = nil) {
    self.script = script
    self.steps = steps ?? script.scenario.steps
    frames = [Frame(steps: self.steps)]
  }

  /// A conversation that knows nothing of the one before.
  mutating func beginAnew() { self = Cursor(script, steps: steps) }

  // MARK: - Events

  /// What the model does after `event`, if anything, and what the log should say.
  mutating func hear(_ event: ClientEvent, at now: Instant, _ known: inout Knowledge) -> Reaction {
    switch event {
    case .ready:
      guard case .waitingForReady = state else { return Reaction() }
      let found = judgeReturn(&known)
      return next(at: now, &known).preceded(by: found)
    case .spoke: return Reaction(.transcribe(transcription(known)))
    case .turn(let turn): return hear(turn, at: now, &known)
    case .interrupted: return passInterruption(at: now, &known)
    }
  }

  /// The direction given last has been carried out.
  mutating func performed(at now: Instant, _ known: inout Knowledge) -> Reaction {
    guard case .performing = state else { return Reaction() }
    return next(at: now, &known)
  }

  /// The deadline has passed.
  mutating func pass(at now: Instant, _ known: inout Knowledge) -> Reaction {
    guard let deadline, deadline <= now else { return Reaction() }
    self.deadline = nil
    switch state {
    case .pausing: return next(at: now, &known)
    case .waiting(let awaiting, let location):
      guard let otherwise = awaiting.otherwise else {
        var reaction = Reaction()
        reaction.find(
          Finding(
            kind: .late, location: location,
            text: "\(awaiting.what.words) did not come within "
              + "\(Cursor.seconds(awaiting.within ?? .zero))", awaited: awaiting.what.word))
        return reaction
      }
      frames.append(Frame(steps: otherwise))
      var reaction = next(at: now, &known)
      reaction.note(.info, "\(awaiting.what.words) did not come: 'otherwise' at \(location)")
      return reaction
    case .waitingForReady, .performing, .over: return Reaction()
    }
  }

  /// A message of the client, in the wire's words, after the session has taken it.
  mutating func receive(
    _ message: JSONValue, kind: String, at now: Instant, _ known: inout Knowledge
  ) -> Reaction {
    guard case .waiting(let awaiting, let location) = state, awaiting.what == .message(kind) else {
      return Reaction()
    }
    known.take(message: message)
    let found = judge(awaiting, location, message, &known)
    return next(at: now, &known).preceded(by: found)
  }

  /// The client names what it goes on with.
  mutating func resume(_ name: String) { resumedHandle = name }

  /// Goes on where an earlier exchange left off.
  mutating func pickUp(at now: Instant, _ known: inout Knowledge) -> Reaction {
    guard case .performing = state else { return Reaction() }
    isTurnOpen = false
    return next(at: now, &known)
  }

  // MARK: - The user's turn

  private mutating func hear(_ turn: UserTurn, at now: Instant, _ known: inout Knowledge)
    -> Reaction
  {
    switch state {
    case .waiting(let awaiting, let location) where awaiting.what == .user:
      return begin(turn, awaiting, location, at: now, &known)
    case .waiting(let awaiting, let location) where awaiting.what == .toolResult:
      if !turn.results.isEmpty { return begin(turn, awaiting, location, at: now, &known) }
      var reaction = Reaction(.endTurn(TurnEnd()))
      let words = "\(turn.words) where \(location) awaits results: the model answers with nothing"
      reaction.note(.warning, words)
      reaction.find(
        Finding(
          kind: .unexpected, location: location, text: words, awaited: awaiting.what.word))
      return reaction
    case .over: return answerByRule(turn, at: now, &known)
    case .waiting, .waitingForReady, .performing, .pausing:
      var reaction = Reaction()
      if pendingTurns.count < Self.pendingTurnsMax {
        pendingTurns.append(turn)
      } else {
        reaction.note(.warning, "\(turn.words) dropped: \(pendingTurns.count) others wait already")
      }
      return reaction
    }
  }

  private mutating func begin(
    _ turn: UserTurn, _ awaiting: Await, _ location: SourceLocation, at now: Instant,
    _ known: inout Knowledge
  ) -> Reaction {
    count(turn, &known)
    var found = judge(
      awaiting, location,
      awaiting.what == .user
        ? Knowledge.user(turn) : Knowledge.result(turn.results[turn.results.count - 1]), &known)
    found.note(.info, "\(turn.words) answers '\(awaiting.what.words)' at \(location)")
    isTurnOpen = true
    isAwaitingResults = false
    return next(at: now, &known).preceded(by: found)
  }

  private mutating func count(_ turn: UserTurn, _ known: inout Knowledge) {
    turnCount += 1
    lastTurn = turn
    known.take(turn, number: turnCount)
  }

  /// When no step is left: the first rule that fits, `otherwise`, or nothing.
  private mutating func answerByRule(
    _ turn: UserTurn, at now: Instant, _ known: inout Knowledge
  ) -> Reaction {
    count(turn, &known)
    let scenario = script.scenario
    isTurnOpen = true
    isAwaitingResults = false
    if let rule = scenario.rules.first(where: { fits($0, known) }) {
      taken[rule.location, default: 0] += 1
      frames = [Frame(steps: rule.steps)]
      var found = Reaction()
      found.note(.info, "\(turn.words) fits the rule at \(rule.location)")
      return next(at: now, &known).preceded(by: found)
    }
    if let otherwise = scenario.otherwise {
      frames = [Frame(steps: otherwise)]
      return next(at: now, &known)
    }
    var nothing = Reaction()
    let words =
      scenario.rules.isEmpty
      ? "\(turn.words), but the scenario has no steps left: the model answers with nothing"
      : "\(turn.words), but no rule fits: the model answers with nothing"
    nothing.note(.warning, words)
    nothing.find(
      Finding(
        kind: .unexpected, location: nil, text: words,
        hint: "add the steps that answer it, or a rule"))
    return next(at: now, &known).preceded(by: nothing)
  }

  func fits(_ rule: Rule, _ known: Knowledge) -> Bool {
    if let times = rule.times, taken[rule.location, default: 0] >= times { return false }
    guard let condition = rule.condition else { return true }
    let values = known.values
    func fits(_ matcher: Matcher?, _ value: JSONValue?) -> Bool {
      matcher.map { $0.mismatch(value, in: values) == nil } ?? true
    }
    let isResultFit =
      condition.toolResult.map { matcher in
        lastTurn.results.contains { fits(matcher, Knowledge.result($0)) }
      } ?? true
    return isResultFit && fits(condition.user, lastTurn.text.map { .string($0) })
      && fits(condition.turn, .int(turnCount)) && fits(condition.connection, known.connection)
  }

  // MARK: - Waiting

  /// When a `wait` is over; nil when none is under way.
  var pauseEnd: Instant? {
    if case .pausing = state { deadline } else { nil }
  }

  mutating func wait(_ state: State, until deadline: Instant?) {
    self.state = state
    self.deadline = deadline
  }

  mutating func perform() {
    state = .performing
    deadline = nil
  }

  /// Checks what came against what was expected, and remembers what is to be captured.
  mutating func judge(
    _ awaiting: Await, _ location: SourceLocation, _ value: @autoclosure () -> JSONValue,
    _ known: inout Knowledge
  ) -> Reaction {
    deadline = nil
    var reaction = Reaction()
    reaction.find(Finding(kind: .played, location: location, text: awaiting.what.words))
    if let expect = awaiting.expect {
      if let mismatch = expect.mismatch(value(), in: known.values) {
        reaction.find(
          Finding(
            kind: .unmet, location: location, text: mismatch.description,
            awaited: awaiting.what.word))
      } else {
        reaction.find(
          Finding(kind: .met, location: location, text: "\(awaiting.what.words) is as expected"))
      }
    }
    for capture in awaiting.captures {
      known.captures[capture.name] = capture.value.value(in: known.values)
    }
    return reaction
  }

  private func transcription(_ known: Knowledge) -> Transcription {
    switch nextHeard ?? script.scenario.heard {
    case nil: .heard(nil)
    case .text(let text): .heard(text.value(in: known.values).plainText)
    case .failed(let failure): .failed(failure)
    }
  }

  /// What the user says at the step that waits, or at the next one that will.
  private var nextHeard: Heard? {
    if case .waiting(let awaiting, _) = state, awaiting.what == .user { return awaiting.heard }
    for frame in frames.reversed() {
      for step in frame.steps[frame.index...] {
        if case .await(let awaiting) = step.action, awaiting.what == .user { return awaiting.heard }
      }
    }
    return nil
  }

  static func seconds(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
  }
}

extension UserTurn {
  /// For the log.
  var words: String {
    if !results.isEmpty { return "\(results.count) tool result\(results.count == 1 ? "" : "s")" }
    if speech > .zero { return "user turn (\(speech.milliseconds) ms of speech)" }
    return text == nil ? "user turn" : "user turn (text)"
  }
}

extension Await.What {
  /// As `Guidance.awaits` names it.
  var word: String {
    switch self {
    case .user: "user"
    case .toolResult: "tool_result"
    case .setup: "setup"
    case .interruption: "interruption"
    case .close: "close"
    case .reconnect: "reconnect"
    case .message: "message"
    }
  }

  /// As the scenario writes it.
  var words: String {
    switch self {
    case .user: "await: user"
    case .toolResult: "await: tool_result"
    case .setup: "await: setup"
    case .interruption: "await: interruption"
    case .close: "await: close"
    case .reconnect: "await: reconnect"
    case .message(let kind): "await: {message: \(kind)}"
    }
  }
}
