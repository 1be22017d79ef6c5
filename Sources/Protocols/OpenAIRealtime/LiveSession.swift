import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// A session that was let in: its parts, its clock, and its outbox.
///
/// Client events are handled in the order they come (`ClientEvents.swift`), the model's answers are
/// generated on deadlines (`Generation.swift`). Inside everything has the shape of GA; events of
/// the beta dialect are translated on their way in and out (`BetaShape.swift`).
struct LiveSession: Sendable {
  let knobs: Knobs
  let admission: Admission
  private let epoch: Int64
  var ids: Identifiers
  var configuration: SessionConfiguration
  let conversationID: String
  var items = ConversationItems()
  var input: InputAudio
  /// In the order they were asked for. The scenario answers the first; at most one of them belongs
  /// to the conversation.
  var responses: [ModelResponse] = []
  /// What the model is saying, and the calls it makes; only for the first response.
  var utterance: Utterance?
  var batch: CallBatch?
  /// The scenario cut the answer, so that ending it again means nothing.
  var wasCut = false
  /// The items that were committed, until the scenario says what was heard. It does so at once, so
  /// these are the turns of one event.
  var spoken: [(itemID: String, milliseconds: Int)] = []
  var transcriptions: [PendingTranscription] = []
  var rateLimitsDue: Instant?
  /// When the user's silence has lasted too long.
  var idle: IdleWait?
  /// What a call hears at the moment.
  var playing: Playing?
  var expiry: Instant
  /// Whether the model has been heard: from then on its voice is fixed.
  var hasSpoken = false
  /// What the user brought since the last answer was asked for.
  var brought = UserInput()
  /// MCP servers whose tools were listed, and calls that wait for the client's approval.
  var listedServers: [String] = []
  var approvals: [PendingApproval] = []
  /// Set when the session has ended by itself.
  private(set) var isOver = false
  private var outbox: [Output] = []

  init(
    _ admission: Admission, _ knobs: Knobs, ids: Identifiers, epoch: Int64, openedAt now: Instant
  ) {
    self.admission = admission
    self.knobs = knobs
    self.epoch = epoch
    self.ids = ids
    expiry = now + knobs.lifetime
    let unixTime = epoch + now.nanoseconds / 1_000_000_000
    let id = self.ids.next("sess_", at: unixTime)
    configuration = SessionConfiguration(
      admission.kind, model: admission.model, id: id,
      expiresAt: unixTime + knobs.lifetime.nanoseconds / 1_000_000_000)
    if let session = admission.session { configuration.merge(session) }
    conversationID = self.ids.next("conv_", at: unixTime)
    input = InputAudio(
      configuration.turnDetection, format: configuration.inputFormat,
      semanticSilence: knobs.semanticSilence)
  }

  var pace: Pace { knobs.pace }

  /// Recorded: on a sideband connection the first event is the answer to the client's first.
  mutating func begin(at now: Instant) {
    if !admission.isSideband {
      send("session.created", ["session": configuration.json], at: now)
    }
    report(.ready)
    listServers(at: now)
  }

  /// The earliest thing that is due; it may lie in the past when much is due at once.
  var deadline: Instant? {
    if isOver { return nil }
    var earliest = min(expiry, generationDue)
    for response in responses { earliest = min(earliest, response.createdDue ?? .never) }
    if let due = transcriptions.first?.due { earliest = min(earliest, due) }
    earliest = min(earliest, rateLimitsDue ?? .never, idle?.due ?? .never)
    earliest = min(earliest, playing?.due ?? .never)
    return earliest
  }

  /// Enough deltas to keep a socket busy, few enough to let other connections have their turn.
  private static let stepsMax = 64

  /// Does everything that is due, in the order of its times; what is left makes `deadline` past.
  mutating func advance(to now: Instant) {
    var steps = 0
    while let due = deadline, due <= now, steps < Self.stepsMax {
      steps += 1
      if let index = responses.firstIndex(where: { $0.createdDue == due }) {
        announceResponse(index, at: due)
      } else if generationDue == due {
        generate(at: due)
      } else if transcriptions.first?.due == due {
        finishTranscription(at: due)
      } else if rateLimitsDue == due {
        rateLimitsDue = nil
        sendRateLimits(at: due)
      } else if playing?.due == due {
        stopPlaying()
      } else if let wait = idle, wait.due == due {
        nudge(wait, at: due)
      } else {
        fail(Refusal("session_expired", Refusal.sessionExpired), at: due)
      }
    }
  }

  /// Carries out what the scenario asks for.
  mutating func perform(_ action: ServerAction, at now: Instant) {
    // Ending what was cut means nothing; an answer asked for since then is another matter.
    let cut = wasCut && responses.isEmpty
    wasCut = false
    switch action {
    case .transcribe(let transcription): transcribe(transcription, at: now)
    case .say(let speech): say(speech, at: now)
    case .think(let thought): think(thought, at: now)
    case .call(let calls): call(calls, at: now)
    case .awaitResults: cut ? reportPerformed() : endTurn(TurnEnd(), at: now)
    case .endTurn(let end): cut ? reportPerformed() : endTurn(end, at: now)
    case .interrupt: interrupt(at: now)
    case .fail(let failure):
      reportPerformed()
      fail(Refusal(failure), at: now)
    case .goAway(let time):
      // The service gives no warning (Realtime guide, "Session lifecycle"): the session expires.
      expiry = min(expiry, now + time)
      reportPerformed()
    case .send(let message):
      outbox.append(.send(message))
      reportPerformed()
    case .hangUp: break  // The session around ends it.
    case .cancelCalls, .execute, .show:
      preconditionFailure("\(action) is no ability of this protocol")
    }
    advance(to: now)
  }

  /// An error of the service itself. The answer under way fails with it; some end the session.
  private mutating func fail(_ refusal: Refusal, at now: Instant) {
    let event = ErrorEvent(refusal, clientEventID: nil)
    outbox.append(.send(.json(event.json(id: newID("event_", at: now)))))
    if responses.first?.isOver == false, refusal.close == nil {
      if responses[0].createdDue != nil { announceResponse(0, isCut: true, at: now) }
      finishResponse(.failed(refusal), at: now)
    }
    // The turn of the scenario is over with the error.
    if !responses.isEmpty { responses.removeFirst() }
    guard let close = refusal.close else { return }
    outbox.append(.close(close.code, close.reason))
    isOver = true
  }

  // MARK: - Outbox

  mutating func drain() -> [Output] {
    let outputs = outbox
    outbox = []
    return outputs
  }

  /// Sends a server event. The key order is type, event_id, the rest.
  mutating func send(_ type: String, _ members: JSONObject, at now: Instant) {
    if isOver { return }
    var (type, members) = (type, members)
    if admission.dialect == .beta {
      guard let shaped = BetaShape.event(type, members) else { return }
      (type, members) = shaped
    }
    var event: [JSONMember] = []
    event.reserveCapacity(members.members.count + 2)
    event.append(JSONMember(name: "type", value: .string(type)))
    event.append(JSONMember(name: "event_id", value: .string(newID("event_", at: now))))
    event += members.members
    outbox.append(.send(.json(.object(JSONObject(event)))))
  }

  /// Sends an event as it is.
  mutating func sendRaw(_ event: JSONValue) {
    if !isOver { outbox.append(.send(.json(event))) }
  }

  mutating func report(_ event: ClientEvent) { outbox.append(.heard(event)) }

  mutating func reportPerformed() { outbox.append(.performed) }

  mutating func explain(_ text: String) { outbox.append(.explain(LogLine(.warning, text))) }

  /// Refuses something the client sent: one `error` event, and a line in the log.
  mutating func refuse(_ refusal: Refusal, clientEventID: String?, at now: Instant) {
    let event = ErrorEvent(refusal, clientEventID: clientEventID)
    outbox.append(.send(.json(event.json(id: newID("event_", at: now)))))
    explain("refused\(refusal.place): \(refusal.code ?? refusal.type): \(refusal.account)")
  }

  /// What the service would refuse: an error in a strict session, a warning in a lenient one.
  mutating func check(_ refusal: Refusal?) throws(Refusal) {
    guard let refusal else { return }
    if knobs.isStrict { throw refusal }
    explain("accepted, though the service refuses it\(refusal.place): \(refusal.account)")
  }

  mutating func newID(_ prefix: StaticString, at now: Instant) -> String {
    ids.next(prefix, at: epoch + now.nanoseconds / 1_000_000_000)
  }
}

extension Refusal {
  /// Where the mistake is, for the log.
  fileprivate var place: String { param.map { " at '\($0)'" } ?? "" }

  fileprivate var account: String { hint.map { "\(message) (\($0))" } ?? message }
}

extension Instant {
  /// Later than anything that is ever due.
  static let never = Instant(nanoseconds: .max)
}
