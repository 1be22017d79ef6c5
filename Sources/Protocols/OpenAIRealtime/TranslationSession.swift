import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// A session that translates what it hears (API reference, "Realtime translations").
///
///     live --session.close--> closed
///
/// There are no turns and no responses: audio goes in without end, and text and sound of another
/// language come out. Each stretch of speech is a turn to the scenario all the same.
struct TranslationSession: Sendable {
  private let knobs: Knobs
  private let epoch: Int64
  private let openedAt: Instant
  private var ids: Identifiers
  private var session: JSONObject
  private var input: InputAudio
  private var expiry: Instant
  /// What is being said in the other language.
  private var words: [String] = []
  private var chunks: [AudioChunk] = []
  private var next = Instant.never
  private var spoken = Duration.zero
  private(set) var isOver = false
  private var outbox: [Output] = []

  static let clientTypes = ["session.update", "session.input_audio_buffer.append", "session.close"]

  /// API reference, "session.update": only these change.
  private static let rule: ParameterRule = .object([
    "audio": .object([
      "input": .nullOr(
        .object([
          "noise_reduction": .nullOr(Parameters.noiseReduction),
          "transcription": .nullOr(.requiring(["model"], .object(["model": .text]))),
        ])), "output": .nullOr(.object(["language": .nullOr(.text)])),
    ])
  ])

  init(
    _ admission: Admission, _ knobs: Knobs, ids: Identifiers, epoch: Int64, openedAt now: Instant
  ) {
    self.knobs = knobs
    self.epoch = epoch
    self.ids = ids
    openedAt = now
    expiry = now + knobs.lifetime
    let unixTime = epoch + now.nanoseconds / 1_000_000_000
    session = [
      "id": .string(self.ids.next("sess_", at: unixTime)), "type": "translation",
      "model": .string(admission.model),
      "expires_at": .number(
        JSONNumber(unixTime + knobs.lifetime.nanoseconds / 1_000_000_000)),
      "audio": [
        "input": ["transcription": nil, "noise_reduction": nil], "output": ["language": nil],
      ],
    ]
    if let audio = admission.session?["audio"]?.object { session = Self.merged(session, audio) }
    // Speech is found by its pauses, as everywhere.
    input = InputAudio(
      ["type": "server_vad", "silence_duration_ms": 500], format: .pcm16(rate: 24_000))
  }

  var deadline: Instant? { isOver ? nil : min(expiry, next) }

  mutating func begin(at now: Instant) {
    send("session.created", ["session": .object(session)], at: now)
    outbox.append(.heard(.ready))
  }

  mutating func drain() -> [Output] {
    let outputs = outbox
    outbox = []
    return outputs
  }

  // MARK: - The client

  mutating func receive(_ message: Message, at now: Instant) {
    advance(to: now)
    if isOver { return }
    let event = message.json ?? .null
    let eventID = event["event_id"]?.string
    do throws(Refusal) {
      guard let object = event.object else {
        throw Refusal("invalid_json", "Invalid event: failed to parse JSON value.")
      }
      guard let type = object["type"]?.string else { throw .missing("type") }
      try handle(type, object, at: now)
    } catch {
      let refusal = ErrorEvent(error, clientEventID: eventID)
      outbox.append(.send(.json(refusal.json(id: newEventID(at: now)))))
      outbox.append(
        .explain(LogLine(.warning, "refused: \(error.code ?? error.type): \(error.message)")))
    }
    advance(to: now)
  }

  private mutating func handle(_ type: String, _ event: JSONObject, at now: Instant)
    throws(Refusal)
  {
    switch type {
    case "session.update":
      guard let update = event["session"] else { throw .missing("session") }
      if let refusal = Self.rule.refusal(of: update, at: "session") { throw refusal }
      session = Self.merged(session, update["audio"]?.object ?? [:])
      send("session.updated", ["session": .object(session)], at: now)
    case "session.input_audio_buffer.append":
      guard let audio = event["audio"] else { throw .missing("audio") }
      guard let bytes = audio.string.flatMap({ Base64.decode($0) }) else {
        throw .notAudio("audio")
      }
      for change in input.append(bytes) { hear(change) }
    case "session.close":
      send("session.closed", [:], at: now)
      outbox.append(.close(.normal, ""))
      isOver = true
    default: throw .unsupported("type", type, Self.clientTypes)
    }
  }

  private mutating func hear(_ change: SpeechDetector.Change) {
    switch change {
    case .started(let start): input.speech = ("", start)
    case .ended(let end):
      let length = Duration.milliseconds(end - (input.speech?.startMilliseconds ?? end))
      _ = input.commit(milliseconds: 0, endingAt: end)
      outbox.append(.heard(.spoke(length)))
      outbox.append(.heard(.turn(UserTurn(speech: length))))
    }
  }

  // MARK: - The scenario

  mutating func perform(_ action: ServerAction, at now: Instant) {
    switch action {
    case .transcribe(.heard(let text)):
      // API reference: transcripts of the input come where a model for them is set.
      guard session["audio"]?["input"]?["transcription"]?.object != nil else { return }
      for word in (text ?? "").spokenWords { sendWord(word, "session.input_transcript", at: now) }
    case .transcribe(.failed): break
    case .say(let speech):
      let text = speech.text ?? ""
      let clip = speech.audio ?? AudioClip.hum(for: text)
      words = text.spokenWords
      chunks = clip.chunks(by: speech.chunking ?? OpenAIRealtime.chunking)
      next = now + knobs.pace.latency(Latencies.firstItem)
    case .fail(let failure):
      let refusal = Refusal(failure)
      let event = ErrorEvent(refusal, clientEventID: nil)
      outbox += [.performed, .send(.json(event.json(id: newEventID(at: now))))]
      if let close = refusal.close { end(close.code, close.reason) }
    case .goAway(let time):
      expiry = min(expiry, now + time)
      outbox.append(.performed)
    case .send(let message): outbox += [.send(message), .performed]
    case .interrupt:
      words = []
      chunks = []
      next = .never
      outbox.append(.performed)
    case .call, .think, .awaitResults, .endTurn:
      // A translation calls nothing, and has no turns that could end.
      outbox.append(.performed)
    case .hangUp: break
    case .cancelCalls, .execute, .show:
      preconditionFailure("\(action) is no ability of this protocol")
    }
    advance(to: now)
  }

  mutating func advance(to now: Instant) {
    var steps = 0
    while let due = deadline, due <= now, steps < 64 {
      steps += 1
      if due == next {
        speak(at: due)
      } else {
        let refusal = Refusal("session_expired", Refusal.sessionExpired)
        let event = ErrorEvent(refusal, clientEventID: nil)
        outbox.append(.send(.json(event.json(id: newEventID(at: due)))))
        end(.goingAway, refusal.message)
      }
    }
  }

  private mutating func end(_ code: CloseCode, _ reason: String) {
    outbox.append(.close(code, reason))
    isOver = true
  }

  /// One word and one chunk at a time; all has been said when neither is left.
  private mutating func speak(at due: Instant) {
    if !words.isEmpty { sendWord(words.removeFirst(), "session.output_transcript", at: due) }
    var gap = knobs.pace.latency(Latencies.nextWord)
    if !chunks.isEmpty {
      let chunk = chunks.removeFirst()
      spoken += chunk.duration
      send(
        "session.output_audio.delta",
        [
          "delta": .shared(chunk.base64), "sample_rate": 24000, "channels": 1, "format": "pcm16",
          "elapsed_ms": .int(spoken.milliseconds),
        ], at: due)
      gap = knobs.pace.gap(after: chunk.duration, service: Latencies.nextAudio)
    }
    next = due + gap
    if words.isEmpty, chunks.isEmpty {
      next = .never
      outbox.append(.performed)
    }
  }

  private mutating func sendWord(_ word: String, _ type: String, at now: Instant) {
    send(
      "\(type).delta",
      ["delta": .string(word), "elapsed_ms": .int((now - openedAt).milliseconds)], at: now)
  }

  private mutating func send(_ type: String, _ members: JSONObject, at now: Instant) {
    let head: JSONObject = ["type": .string(type), "event_id": .string(newEventID(at: now))]
    outbox.append(.send(.json(.object(head + members))))
  }

  private mutating func newEventID(at now: Instant) -> String {
    ids.next("event_", at: epoch + now.nanoseconds / 1_000_000_000)
  }

  private static func merged(_ session: JSONObject, _ audio: JSONObject) -> JSONObject {
    var merged = session
    var parts = session["audio"]?.object ?? [:]
    for part in audio.members {
      var before = parts[part.name]?.object ?? [:]
      for member in part.value.object?.members ?? [] { before[member.name] = member.value }
      parts[part.name] = .object(before)
    }
    merged["audio"] = .object(parts)
    return merged
  }
}
