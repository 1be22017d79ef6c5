import Audio
import Conversation
import JSON
import VirtualTime

/// What the model is doing, until the client may speak again.
///
///     generating -> idle -> generating … -> holding -> over
///
/// Audio comes faster than it plays, so `generationComplete` comes early and `turnComplete` is held
/// until the listener has heard everything (Live API, "generationComplete"; measured to ±30 ms).
struct ModelTurn: Sendable {
  enum Stage: Sendable {
    case generating(Work, due: Instant)
    /// All that was asked for is done; the scenario may ask for more.
    case idle
    /// Everything is generated; `turnComplete` waits for the listener.
    case holding(TurnClosing, due: Instant)
  }

  /// What is generated, frame by frame.
  enum Work: Sendable {
    case speech(SpeechWork)
    case frames([JSONValue], next: Int)
    case calls(JSONValue, [PendingCalls.Call])
  }

  var stage = Stage.idle
  /// When the listener will have heard everything that was sent.
  var heardUntil: Instant?
  /// Whether the last thing done was a call that blocks: what follows waits for its result.
  var callsBlock = false
  /// Whether the model is silent until its calls are answered.
  var awaitsResults = false
  /// Whether the next output comes after a pause in which the model waited.
  var resumes = false
  var audio = Duration.zero
  var characters = 0
  /// What was spent besides the words and the audio.
  var usage = Usage()

  /// The whole of it: words count where they were sent as text, and not as a transcript.
  var spent: Usage {
    var spent = usage
    spent.response.audio += TokenCount.audio(audio)
    spent.response.text += TokenCount.text(characters: characters)
    return spent
  }

  var due: Instant? {
    switch stage {
    case .generating(_, let due), .holding(_, let due): due
    case .idle: nil
    }
  }
}

/// How a turn ends on the wire.
struct TurnClosing: Hashable, Sendable {
  var reason: String?
  /// Whether the interaction goes on after the turn.
  var goesOn = false
}

extension LiveSession {
  /// Begins `work` as a part of the model's turn, which it opens where there is none.
  mutating func begin(_ work: ModelTurn.Work, after pause: Duration, at now: Instant) {
    let isFirst = turn == nil
    var current = turn ?? ModelTurn()
    let wait = isFirst || current.resumes ? Latencies.firstOutput : pause
    current.resumes = false
    current.callsBlock = false
    current.awaitsResults = false
    current.stage = .generating(work, due: now + pace.latency(wait))
    turn = current
    if isFirst, profile.announcesPrompt {
      let usage = Usage(prompt: context).metadata(for: configuration.service)
      send(["serverContent": [:], "usageMetadata": usage])
    }
  }

  /// The next thing of the turn that is due.
  mutating func generate(at due: Instant) {
    switch turn?.stage {
    case .generating(.speech(var speech), _):
      let next = configuration.isText ? sendText(&speech, at: due) : sendAudio(&speech, at: due)
      goOn(next.map { (.speech(speech), $0) })
    case .generating(.frames(let frames, let next), _):
      if next < frames.count { send(frames[next]) }
      let due = due + pace.latency(Latencies.nextText)
      goOn(next + 1 < frames.count ? (.frames(frames, next: next + 1), due) : nil)
    case .generating(.calls(let message, let made), _):
      send(message)
      calls.add(made)
      turn?.callsBlock = made.contains(where: \.isBlocking)
      goOn(nil)
    case .holding(let closing, _):
      completeTurn(closing, at: due)
      reportPerformed()
    case .idle, nil: break
    }
  }

  private mutating func goOn(_ next: (ModelTurn.Work, Instant)?) {
    guard let (work, due) = next else {
      turn?.stage = .idle
      return reportPerformed()
    }
    turn?.stage = .generating(work, due: due)
  }

  /// The calls are made. Where the model waits for a result the turn stays open; else it ends at
  /// once, without the pause for the listener (observed).
  mutating func awaitResults(at now: Instant) {
    if let current = turn, current.callsBlock || calls.isBlocked {
      // The results may have come already.
      turn?.awaitsResults = calls.isBlocked
      sendResumptionUpdate(at: now)
      return reportPerformed()
    }
    sendGenerationComplete()
    completeTurn(TurnClosing(goesOn: true), at: now)
    reportPerformed()
  }

  mutating func endTurn(_ end: TurnEnd, at now: Instant) throws(Refused) {
    var closing = TurnClosing()
    switch end.outcome {
    case .completed: break
    case .incomplete(let reason): closing.reason = reason.uppercased()
    case .failed(let failure):
      let code = failure.code?.uppercased() ?? ""
      guard TurnCompleteReason.all.contains(code) else { throw Refused(failure) }
      closing.reason = code
    }
    if let reason = closing.reason, !TurnCompleteReason.all.contains(reason) {
      explain(
        "'\(reason)' is no turnCompleteReason: \(TurnCompleteReason.all.joined(separator: ", "))")
    }
    closing.goesOn = !calls.calls.isEmpty
    guard let heard = turn.map({ $0.heardUntil ?? now }) else {
      completeTurn(closing, at: now)
      return reportPerformed()
    }
    sendGenerationComplete()
    turn?.stage = .holding(closing, due: max(now, heard))
  }

  private mutating func sendGenerationComplete() {
    switch profile.style {
    case .conversation: send(["serverContent": ["generationComplete": true]])
    case .transcription, .translation: break
    }
  }

  /// Observed: models that transcribe or translate have no turns to complete.
  mutating func completeTurn(_ closing: TurnClosing, at now: Instant) {
    let usage = turn?.spent ?? Usage()
    turn = nil
    switch profile.style {
    case .conversation:
      sendTurnComplete(closing, usage)
      context = context + usage.response
      sendResumptionUpdate(at: now)
    case .transcription, .translation:
      context = context + usage.response
    }
  }

  private mutating func sendTurnComplete(_ closing: TurnClosing, _ spent: Usage) {
    var content: JSONObject = ["turnComplete": true]
    if let reason = closing.reason {
      content["turnCompleteReason"] = .string(reason)
      if reason == "NEED_MORE_INPUT" { content["waitingForInput"] = true }
    }
    if profile.tellsInteraction {
      content["interactionStatus"] = closing.goesOn ? "IN_PROGRESS" : "IDLE"
    }
    var usage = spent
    usage.prompt = context
    send([
      "serverContent": .object(content),
      "usageMetadata": profile.announcesPrompt
        ? [:] : usage.metadata(for: configuration.service),
    ])
  }

  /// Cuts the model off: `interrupted`, then `turnComplete`, and no `generationComplete` unless it
  /// came already (observed). The calls the model waited for are not wanted any more; most models
  /// drop them without a word.
  mutating func interrupt(at now: Instant) {
    guard turn != nil else { return }
    send(["serverContent": ["interrupted": true]])
    let dropped = calls.dropBlocking()
    if profile.cancelsCalls, !dropped.isEmpty {
      send(["toolCallCancellation": ["ids": .array(dropped.map { .string($0) })]])
    }
    completeTurn(TurnClosing(), at: now)
    report(.interrupted)
  }
}

/// The reasons of `turnCompleteReason` (Live API reference, "BidiGenerateContentServerContent").
enum TurnCompleteReason {
  static let all = [
    "MALFORMED_FUNCTION_CALL", "RESPONSE_REJECTED", "NEED_MORE_INPUT", "PROHIBITED_INPUT_CONTENT",
    "IMAGE_PROHIBITED_INPUT_CONTENT", "INPUT_TEXT_CONTAIN_PROMINENT_PERSON_PROHIBITED",
    "INPUT_IMAGE_CELEBRITY", "INPUT_IMAGE_PHOTO_REALISTIC_CHILD_PROHIBITED",
    "INPUT_TEXT_NCII_PROHIBITED", "INPUT_OTHER", "INPUT_IP_PROHIBITED", "BLOCKLIST",
    "UNSAFE_PROMPT_FOR_IMAGE_GENERATION", "GENERATED_IMAGE_SAFETY", "GENERATED_CONTENT_SAFETY",
    "GENERATED_AUDIO_SAFETY", "GENERATED_VIDEO_SAFETY", "GENERATED_CONTENT_PROHIBITED",
    "GENERATED_CONTENT_BLOCKLIST", "GENERATED_IMAGE_PROHIBITED", "GENERATED_IMAGE_CELEBRITY",
    "GENERATED_IMAGE_PROMINENT_PEOPLE_DETECTED_BY_REWRITER", "GENERATED_IMAGE_IDENTIFIABLE_PEOPLE",
    "GENERATED_IMAGE_MINORS", "OUTPUT_IMAGE_IP_PROHIBITED", "GENERATED_OTHER",
    "MAX_REGENERATION_REACHED",
  ]
}
