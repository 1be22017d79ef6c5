import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// A session that was let in: its parts, its clock, and its outbox.
///
/// Client events are handled in the order they come (`ClientEvents.swift`), the model's answer is
/// generated on deadlines (`Generation.swift`).
struct LiveSession: Sendable {
  let pace: Pace
  private let epoch: Int64
  var ids: Identifiers
  var configuration: SessionConfiguration
  let conversationID: String
  var items = ConversationItems()
  var input: InputAudio
  var response: Response?
  /// What the model is saying; only while `response` is there.
  var utterance: Utterance?
  /// The item that was committed last, until the scenario says what was heard.
  var spoken: (itemID: String, milliseconds: Int)?
  var transcriptions: [Transcription] = []
  var rateLimitsDue: Instant?
  /// Whether the model has been heard: from then on its voice is fixed.
  var hasSpoken = false
  /// What the user brought since the last answer was asked for.
  var userText: String?
  var userSpeech = Duration.zero
  private var outbox: [Output] = []

  init(model: String, pace: Pace, ids: Identifiers, epoch: Int64, openedAt now: Instant) {
    self.pace = pace
    self.epoch = epoch
    self.ids = ids
    let unixTime = epoch + now.nanoseconds / 1_000_000_000
    let id = self.ids.next("sess_", at: unixTime)
    // Realtime guide, "Session lifecycle": a session lasts 60 minutes at most.
    configuration = SessionConfiguration(model: model, id: id, expiresAt: unixTime + 3600)
    conversationID = self.ids.next("conv_", at: unixTime)
    input = InputAudio(turnDetection: configuration.turnDetection)
  }

  mutating func begin(at now: Instant) {
    send("session.created", ["session": configuration.json], at: now)
    report(.ready)
  }

  /// The earliest thing that is due; it may lie in the past when much is due at once.
  var deadline: Instant? {
    var earliest = response?.due(utterance)
    if let due = transcriptions.first?.due, due < earliest ?? .never { earliest = due }
    if let due = rateLimitsDue, due < earliest ?? .never { earliest = due }
    return earliest
  }

  /// Enough deltas to keep a socket busy, few enough to let other connections have their turn.
  private static let stepsMax = 64

  /// Does everything that is due, in the order of its times; what is left makes `deadline` past.
  mutating func advance(to now: Instant) {
    var steps = 0
    while let due = deadline, due <= now, steps < Self.stepsMax {
      steps += 1
      if let generation = response?.due(utterance), generation == due {
        generate(at: due)
      } else if transcriptions.first?.due == due {
        finishTranscription(at: due)
      } else {
        rateLimitsDue = nil
        sendRateLimits(at: due)
      }
    }
  }

  /// Carries out what the scenario asks for.
  mutating func perform(_ action: ServerAction, at now: Instant) {
    switch action {
    case .transcribe(.heard(let text)): transcribe(text, at: now)
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

  /// Sends a server event. The key order is type, event_id, the rest.
  mutating func send(_ type: String, _ members: JSONObject, at now: Instant) {
    var event: [JSONMember] = []
    event.reserveCapacity(members.members.count + 2)
    event.append(JSONMember(name: "type", value: .string(type)))
    event.append(JSONMember(name: "event_id", value: .string(newID("event_", at: now))))
    event += members.members
    outbox.append(.send(.json(.object(JSONObject(event)))))
  }

  mutating func report(_ event: ClientEvent) { outbox.append(.heard(event)) }

  mutating func reportPerformed() { outbox.append(.performed) }

  mutating func explain(_ text: String) { outbox.append(.explain(LogLine(.warning, text))) }

  /// Refuses something the client sent: one `error` event, and a line in the log.
  mutating func refuse(_ refusal: Refusal, clientEventID: String?, at now: Instant) {
    let event = ErrorEvent(refusal, clientEventID: clientEventID)
    outbox.append(.send(.json(event.json(id: newID("event_", at: now)))))
    let place = refusal.param.map { " at '\($0)'" } ?? ""
    explain("refused\(place): \(refusal.code): \(refusal.message)")
  }

  mutating func newID(_ prefix: StaticString, at now: Instant) -> String {
    ids.next(prefix, at: epoch + now.nanoseconds / 1_000_000_000)
  }
}

extension Instant {
  /// Later than anything that is ever due.
  static let never = Instant(nanoseconds: .max)
}
