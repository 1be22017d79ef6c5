import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// The model's answer to one prompt, as it comes into being.
///
///     idle --direction--> generating --all said--> idle … --end of turn--> over
///                                                    '--failure--> over
///
/// What the client sees of it is the business of `AnswerBody`: one message, or a stream of them.
/// The last chunk of a stream carries the finish reason, so a chunk is held back until the next
/// direction; where none comes at once, it goes out with the next `.due`.
struct Generation: Sendable {
  let prompt: Prompt
  let pace: Pace
  private var body: AnswerBody
  /// What is still to be said, and how far it is.
  private var pieces: [Piece] = []
  private var next = 0
  private var pieceDue: Instant?
  /// When the chunk that is held back goes out at the latest.
  private var heldDue: Instant?
  private var hasBegun = false
  /// Whether there is something besides thoughts.
  private var hasSaid = false
  /// Why the model may not say more: its budget is spent, or a stop sequence came.
  private var cut: String?
  private(set) var isOver = false
  private var outbox: [Output] = []

  init(_ prompt: Prompt, _ body: AnswerBody, pace: Pace) {
    self.prompt = prompt
    self.body = body
    self.pace = pace
  }

  var deadline: Instant? { isOver ? nil : pieceDue ?? heldDue }

  /// Enough chunks to keep a socket busy, few enough to let other connections have their turn.
  private static let stepsMax = 64

  mutating func advance(to now: Instant) -> [Output] {
    // First: what the steps below hold back waits for the direction that may follow from them.
    if let due = heldDue, due <= now {
      heldDue = nil
      outbox += body.release()
    }
    var steps = 0
    while let due = pieceDue, due <= now, steps < Self.stepsMax {
      steps += 1
      sayNext(at: due)
    }
    return drain()
  }

  /// Carries out what the scenario asks for.
  mutating func perform(_ action: ServerAction, at now: Instant) -> [Output] {
    heldDue = nil
    switch action {
    case .transcribe: break
    case .say(let speech): begin(speechPieces(speech), at: now)
    case .think(let text): begin(thoughtPieces(text), at: now)
    case .call(let calls): begin([Piece(calls: calls)], at: now)
    case .execute(let execution): begin(Piece.execution(execution), at: now)
    case .show(let picture): begin([Piece(picture)], at: now)
    case .awaitResults: end(TurnEnd(), saysSample: false, at: now)
    case .endTurn(let end): self.end(end, saysSample: true, at: now)
    case .fail(let failure): fail(failure, at: now)
    case .send(let message):
      outbox += body.raw(message)
      hasSaid = true
      outbox.append(.performed)
    case .hangUp: finish(body.finish(at: now))
    case .cancelCalls, .interrupt, .goAway:
      outbox.append(.explain(LogLine(.warning, "a plain HTTP answer has nothing for \(action)")))
      outbox.append(.performed)
    }
    return advance(to: now)
  }

  private mutating func drain() -> [Output] {
    defer { outbox = [] }
    return outbox
  }

  // MARK: - Saying

  private mutating func begin(_ pieces: [Piece], at now: Instant) {
    guard !pieces.isEmpty else { return outbox.append(.performed) }
    let latency = hasBegun ? Latencies.nextChunk : Latencies.firstChunk
    self.pieces = pieces
    next = 0
    hasBegun = true
    hasSaid = hasSaid || pieces.contains { $0.thoughtTokens == 0 }
    pieceDue = now + pace.latency(latency)
  }

  private mutating func sayNext(at due: Instant) {
    outbox += body.add(pieces[next])
    next += 1
    if next < pieces.count {
      pieceDue = due + pace.latency(Latencies.nextChunk)
    } else {
      pieces = []
      pieceDue = nil
      heldDue = due
      outbox.append(.performed)
    }
  }

  private mutating func speechPieces(_ speech: Speech) -> [Piece] {
    if prompt.wantsAudio {
      let clip = speech.audio ?? AudioClip.hum(for: speech.text ?? "")
      return clip.chunks(by: speech.chunking ?? GeminiREST.chunking).map(Piece.init(audio:))
    }
    guard cut == nil else { return [] }
    return Piece.chunks(of: withinLimits(fitting(speech.text ?? "")))
  }

  /// Structured output, "JSON mode": the model says JSON. Prose of a scenario that was not written
  /// for such a prompt gives way to a value that fits; what begins like JSON is said as it is.
  private mutating func fitting(_ text: String) -> String {
    guard let first = text.first(where: { !$0.isWhitespace }) else { return text }
    switch prompt.form {
    case .text, .word: return text
    case .json(let schema):
      if "{[\"-0123456789".contains(first) || ["true", "false", "null"].contains(text) {
        return text
      }
      explain("the client wants JSON: a value that fits its schema goes out in place of the text")
      return Self.sample(schema)
    }
  }

  /// GenerationConfig, "max_output_tokens" and "stop_sequences".
  private mutating func withinLimits(_ text: String) -> String {
    var text = text
    for stop in prompt.configuration["stopSequences"]?.array?.compactMap(\.string) ?? [] {
      guard !stop.isEmpty, let range = text.firstRange(of: stop) else { continue }
      text = String(text[..<range.lowerBound])
      cut = "STOP"
      explain("the client's stop sequence '\(stop)' ends the answer")
    }
    if let most = prompt.configuration["maxOutputTokens"]?.integer, most > 0 {
      let room = max(0, most - body.candidateTokens.total)
      if TokenCount.text(text) > room {
        text = String(text.prefix(room * 4))
        cut = "MAX_TOKENS"
        explain("the client allows \(most) tokens: the rest of the answer is cut off")
      }
    }
    return text
  }

  /// Thinking, "Thought summaries": only clients that ask for them get them.
  private func thoughtPieces(_ text: String) -> [Piece] {
    prompt.includesThoughts
      ? Piece.chunks(of: text, isThought: true) : [Piece(hiddenThought: text)]
  }

  private static func sample(_ schema: JSONValue?) -> String {
    String(decoding: SchemaSample.value(of: schema).encoded(as: .pretty), as: UTF8.self)
  }

  // MARK: - Ending

  private mutating func end(_ end: TurnEnd, saysSample: Bool, at now: Instant) {
    switch end.outcome {
    case .completed:
      if saysSample, !hasSaid { saySample() }
      finish(body.finish(reason: cut ?? "STOP", at: now))
    case .incomplete(let reason): finish(incompletely: reason, at: now)
    case .failed(let failure): fail(failure, at: now)
    }
  }

  private mutating func saySample() {
    switch prompt.form {
    case .text: return
    case .json(let schema): outbox += body.add(Piece(text: Self.sample(schema)))
    case .word(let schema): outbox += body.add(Piece(text: SchemaSample.word(of: schema)))
    }
    explain("the scenario says nothing: a value that fits the client's schema goes out")
  }

  /// `max_tokens` ends in MAX_TOKENS, and so on. `prompt_safety` and its like block the prompt;
  /// such answers have no candidate (PromptFeedback, "block_reason").
  private mutating func finish(incompletely reason: String, at now: Instant) {
    let word = reason.uppercased().map { $0 == " " || $0 == "-" ? "_" : $0 }
    let name = String(word)
    if name.hasPrefix("PROMPT_"), !hasSaid {
      let block = String(name.dropFirst(7))
      check(block, in: "GenerateContentResponse.PromptFeedback.BlockReason")
      return finish(body.block(reason: block, at: now))
    }
    check(name, in: "Candidate.FinishReason")
    finish(body.finish(reason: name, at: now))
  }

  private mutating func check(_ word: String, in name: String) {
    if MessageSchema.shared.number(of: word, in: name) == nil {
      explain("'\(word)' is no reason of the API; it goes out as it is")
    }
  }

  /// Before anything went out a failure is an HTTP status; after that it comes in the stream.
  private mutating func fail(_ failure: ServiceFailure, at now: Instant) {
    finish(body.fail(failure, at: now))
  }

  private mutating func finish(_ outputs: [Output]) {
    outbox += outputs
    outbox.append(.performed)
    pieceDue = nil
    heldDue = nil
    isOver = true
  }

  private mutating func explain(_ text: String) {
    outbox.append(.explain(LogLine(.info, text)))
  }
}

/// How long the service was seen to take, before the scenario's pace is applied.
enum Latencies {
  /// The request to the first chunk.
  static let firstChunk = Duration.milliseconds(400)
  /// Between two chunks.
  static let nextChunk = Duration.milliseconds(60)
}
