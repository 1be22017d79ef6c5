import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// A session after its `setup`: its parts, its clock, and its outbox.
///
/// Client messages are handled in the order they come (`ClientMessages.swift`), the user's voice in
/// `UserActivity.swift`, and the model's turn on deadlines in `ModelTurn.swift`.
struct LiveSession: Sendable {
  let configuration: SetupConfiguration
  let options: LiveOptions
  var dice: Dice
  /// When `setupComplete` is due; nil once it went out.
  private var setupDue: Instant?
  /// When the session was set up first; connections come and go.
  let began: Instant
  private var life: SessionLife
  var scrutiny: Scrutiny
  var activity: UserActivity
  var turn: ModelTurn?
  var tools: DeclaredTools
  var calls = PendingCalls()
  var resumption: Resumption
  /// Whether `clientContent` is still history that nobody answers.
  var isReadingHistory: Bool
  /// What the model read and said before this turn.
  var context: TokenCount
  /// What the user brought since the last answer was asked for.
  var userText: String?
  var userSpeech = Duration.zero
  private var outbox: [Output] = []

  /// What a session begins with besides its configuration.
  struct Beginning: Sendable {
    let dice: Dice
    let scrutiny: Scrutiny
    let tokenExpiry: Instant?
    /// The number under which it can be resumed; nil when it cannot.
    let session: Int?
    /// What it goes on from.
    let checkpoint: ResumableSessions.Checkpoint?
  }

  init(
    _ configuration: SetupConfiguration, _ options: LiveOptions, _ beginning: Beginning,
    at now: Instant
  ) {
    self.configuration = configuration
    self.options = options
    dice = beginning.dice
    scrutiny = beginning.scrutiny
    let completion = now + options.settings.pace.latency(Latencies.setup)
    setupDue = completion
    began = beginning.checkpoint?.began ?? completion
    life = SessionLife(
      options, from: completion, of: began, isLimited: configuration.compression == nil,
      tokenExpiry: beginning.tokenExpiry)
    activity = UserActivity(configuration.detection)
    tools = configuration.tools
    resumption = Resumption(session: beginning.session, from: beginning.checkpoint)
    // Initial history comes before the session; one that goes on has its history.
    isReadingHistory = configuration.beginsWithHistory && beginning.checkpoint == nil
    context = beginning.checkpoint?.context ?? TokenCount(text: configuration.instructionTokens)
  }

  var pace: Pace { options.settings.pace }
  var profile: ModelProfile { configuration.profile }

  /// The earliest thing that is due; it may lie in the past when much is due at once.
  var deadline: Instant {
    if let setupDue { return setupDue }
    return turn?.due.map { min($0, life.due) } ?? life.due
  }

  /// Enough frames to keep a socket busy, few enough to let other connections have their turn.
  private static let stepsMax = 64

  /// Does everything that is due, in the order of its times; what is left makes `deadline` past.
  mutating func advance(to now: Instant) throws(Refused) {
    var steps = 0
    while deadline <= now, steps < Self.stepsMax {
      steps += 1
      let due = deadline
      if setupDue != nil {
        completeSetup(at: due)
      } else if let turnDue = turn?.due, turnDue <= due {
        generate(at: turnDue)
      } else {
        try live(at: due)
      }
    }
    answerWhenIdle()
    try keepToWindow()
  }

  private mutating func live(at due: Instant) throws(Refused) {
    switch life.next() {
    case .announce(let left): sendGoAway(left)
    case .end(let refused): throw refused
    }
  }

  /// Whoever sends before `setupComplete` gets it early: order is kept, and nothing is lost.
  mutating func completeSetup(at now: Instant) {
    guard setupDue != nil else { return }
    setupDue = nil
    var completion: JSONObject = [:]
    switch configuration.service {
    case .gemini: break
    case .vertex: completion["sessionId"] = .string(dice.uuid())
    }
    if configuration.replicatesVoice {
      let signature = Base64.encode(Array(dice.characters(32, of: .alphanumeric).utf8))
      completion["voiceConsentSignature"] = ["signature": .shared(SharedText(signature))]
    }
    send(["setupComplete": .object(completion)])
    if let handle = resumption.resumed { outbox.append(.converse(.following(handle))) }
    sendResumptionUpdate(at: now)
    report(.ready)
  }

  /// Carries out what the scenario asks for.
  mutating func perform(_ action: ServerAction, at now: Instant) throws(Refused) {
    switch action {
    case .transcribe(let transcription): try finishActivity(transcription, at: now)
    case .say(let speech): say(speech, at: now)
    case .think(let text): think(text, at: now)
    case .call(let calls): call(calls, at: now)
    case .cancelCalls(let ids): cancelCalls(ids)
    case .execute(let execution): execute(execution, at: now)
    case .show(let picture): show(picture, at: now)
    case .awaitResults: awaitResults(at: now)
    case .endTurn(let end): try endTurn(end, at: now)
    case .interrupt:
      if turn == nil {
        explain("'interrupt' was ignored: the model has no turn to cut")
        reportPerformed()
      }
      interrupt(at: now)
    case .fail(let failure): throw Refused(failure)
    case .goAway(let left):
      life.leave(in: options.limit(left), at: now)
      sendGoAway(left)
      reportPerformed()
    case .send(let message):
      outbox.append(.send(message))
      reportPerformed()
    case .hangUp: break  // The session around ends it.
    }
    try advance(to: now)
  }

  private mutating func sendGoAway(_ left: Duration) {
    send(["goAway": ["timeLeft": .string(left.protobufText)]])
  }

  /// Live API, "Context window compression": it happens without a word; only the next usage shows
  /// it. Without compression a session that is full ends.
  private mutating func keepToWindow() throws(Refused) {
    if let compression = configuration.compression {
      if context.total > compression.trigger { context = context.scaled(to: compression.target) }
      return
    }
    guard context.total > profile.contextWindow else { return }
    throw Refused(
      .goAwayIgnored,
      explanation:
        "the context holds \(context.total) tokens, more than the \(profile.contextWindow)"
        + " of the model: set 'contextWindowCompression' in setup")
  }

  // MARK: - Outbox

  mutating func drain() -> [Output] {
    let outputs = outbox + scrutiny.drain().map { .explain(LogLine(.warning, $0)) }
    outbox = []
    return outputs
  }

  mutating func send(_ message: JSONValue) {
    outbox.append(.send(.json(message, as: options.opcode)))
  }

  mutating func report(_ event: ClientEvent) { outbox.append(.heard(event)) }

  mutating func reportPerformed() { outbox.append(.performed) }

  mutating func remember(_ handle: String) { outbox.append(.remember(handle)) }

  mutating func explain(_ text: String) {
    outbox.append(.explain(LogLine(.warning, text.cutToLogLine)))
  }
}

extension Dice {
  /// The shape of a random UUID.
  mutating func uuid() -> String {
    [8, 4, 4, 4, 12].map { characters($0, of: .hexadecimal) }.joined(separator: "-")
  }
}

extension Duration {
  /// As ProtoJSON writes it: `2.480s`, and `50s` where it is whole.
  var protobufText: String {
    let milliseconds = milliseconds
    let fraction = milliseconds % 1000
    if fraction == 0 { return "\(milliseconds / 1000)s" }
    let zeros = String(repeating: "0", count: fraction < 10 ? 2 : fraction < 100 ? 1 : 0)
    return "\(milliseconds / 1000).\(zeros)\(fraction)s"
  }
}
