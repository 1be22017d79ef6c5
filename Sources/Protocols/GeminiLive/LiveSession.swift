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
  let pace: Pace
  var dice: Dice
  /// When `setupComplete` is due; nil once it went out.
  private var setupDue: Instant?
  var activity: UserActivity
  var turn: ModelTurn?
  /// Whether `clientContent` is still history that nobody answers.
  var isReadingHistory: Bool
  /// What the model read and said before this turn.
  var context: TokenCount
  /// What the user brought since the last answer was asked for.
  var userText: String?
  var userSpeech = Duration.zero
  private var outbox: [Output] = []

  init(_ configuration: SetupConfiguration, pace: Pace, dice: Dice, at now: Instant) {
    self.configuration = configuration
    self.pace = pace
    self.dice = dice
    setupDue = now + pace.latency(Latencies.setup)
    activity = UserActivity(configuration.detection)
    isReadingHistory = configuration.beginsWithHistory
    context = TokenCount(text: configuration.instructionTokens)
    if let handle = configuration.resumptionHandle, !handle.isEmpty {
      explain("this version does not resume sessions: the handle is accepted, the history is new")
    }
  }

  /// The earliest thing that is due; it may lie in the past when much is due at once.
  var deadline: Instant? { setupDue ?? turn?.due }

  /// Enough frames to keep a socket busy, few enough to let other connections have their turn.
  private static let stepsMax = 64

  /// Does everything that is due, in the order of its times; what is left makes `deadline` past.
  mutating func advance(to now: Instant) {
    var steps = 0
    while let due = deadline, due <= now, steps < Self.stepsMax {
      steps += 1
      if setupDue != nil { completeSetup() } else { generate(at: due) }
    }
  }

  /// Whoever sends before `setupComplete` gets it early: order is kept, and nothing is lost.
  mutating func completeSetup() {
    guard setupDue != nil else { return }
    setupDue = nil
    send(["setupComplete": [:]])
    sendResumptionHandle()
    report(.ready)
  }

  /// Carries out what the scenario asks for.
  mutating func perform(_ action: ServerAction, at now: Instant) throws(Refused) {
    switch action {
    case .transcribe(.heard(let text)): try finishActivity(saying: text, at: now)
    case .say(let speech): say(speech, at: now)
    case .awaitResults, .endTurn: endTurn(at: now)
    case .send(let message):
      outbox.append(.send(message))
      reportPerformed()
    case .hangUp: break  // The session around ends it.
    case .transcribe(.failed), .think, .call, .cancelCalls, .execute, .show, .interrupt, .fail,
      .goAway:
      preconditionFailure("\(action) is no ability of this protocol")
    }
    advance(to: now)
  }

  // MARK: - Outbox

  mutating func drain() -> [Output] {
    let outputs = outbox
    outbox = []
    return outputs
  }

  /// The service writes JSON into binary frames.
  mutating func send(_ message: JSONValue) { outbox.append(.send(.json(message, as: .binary))) }

  mutating func report(_ event: ClientEvent) { outbox.append(.heard(event)) }

  mutating func reportPerformed() { outbox.append(.performed) }

  mutating func explain(_ text: String) { outbox.append(.explain(LogLine(.warning, text))) }

  /// Live API, "Session resumption": a handle after set-up and after each turn, where the client
  /// asked for them. Handles look like UUIDs.
  mutating func sendResumptionHandle() {
    guard configuration.wantsResumption else { return }
    let groups = [8, 4, 4, 4, 12].map { dice.characters($0, of: .hexadecimal) }
    send([
      "sessionResumptionUpdate": [
        "newHandle": .string(groups.joined(separator: "-")), "resumable": true,
      ]
    ])
  }
}
