import Audio
import Conversation
import Diagnostics
import JSON
import Scenarios
import VirtualTime
import Wire

/// What each step makes the model do.
extension Cursor {
  /// Steps that neither wait nor speak, in a row; a script that does nothing but turn ends here.
  private static let idleStepsMax = 10_000

  /// Goes on to the next thing to do or to wait for.
  mutating func next(at now: Instant, _ known: inout Knowledge) -> Reaction {
    var notes = Reaction()
    for _ in 0..<Self.idleStepsMax {
      guard let step = peek() else { return finish(at: now, &known).preceded(by: notes) }
      if let reaction = play(step, at: now, &known, &notes) {
        return reaction.preceded(by: notes)
      }
    }
    notes.note(.error, "\(location): the script turns without end, and is stopped")
    frames = []
    state = .over
    return notes
  }

  /// The step at hand; leaves the lists that are played to their end.
  mutating func peek() -> Step? {
    while let frame = frames.last {
      if frame.index < frame.steps.count { return frame.steps[frame.index] }
      if let repeats = frame.repeats, repeats > 0, !frame.steps.isEmpty {
        frames[frames.count - 1].index = 0
        frames[frames.count - 1].repeats = repeats == .max ? repeats : repeats - 1
      } else {
        frames.removeLast()
      }
    }
    return nil
  }

  mutating func advance() { frames[frames.count - 1].index += 1 }

  var location: SourceLocation {
    frames.last.flatMap { $0.steps.indices.contains($0.index) ? $0.steps[$0.index].location : nil }
      ?? SourceLocation(file: script.scenario.file)
  }

  private mutating func finish(at now: Instant, _ known: inout Knowledge) -> Reaction {
    if let ending = endTurn() { return ending }
    wait(.over, until: nil)
    guard !pendingTurns.isEmpty else { return Reaction() }
    return hear(.turn(pendingTurns.removeFirst()), at: now, &known)
  }

  /// Nil when the step is over at once.
  private mutating func play(
    _ step: Step, at now: Instant, _ known: inout Knowledge, _ notes: inout Reaction
  ) -> Reaction? {
    switch step.action {
    case .await(let awaiting): return begin(awaiting, step.location, at: now, &known)
    case .wait(let duration):
      advance()
      wait(.pausing, until: now + script.scenario.pace.latency(duration))
      return Reaction()
    case .say(let saying): return direct(.say(speech(saying, known)), step)
    case .think(let text): return direct(.think(text.value(in: known.values).plainText), step)
    case .call(let calls): return direct(.call(calls.map { $0.call(in: known.values) }), step)
    case .cancelCalls(let ids):
      return direct(.cancelCalls(ids: ids.map { $0.value(in: known.values).plainText }), step)
    case .execute(let code, let output, let isFailed):
      return direct(
        .execute(
          CodeExecution(
            code: code.value(in: known.values).plainText,
            output: output.value(in: known.values).plainText,
            isFailed: isFailed)), step)
    case .show(let file, let mimeType):
      let bytes = script.files[file.path] ?? []
      return direct(.show(Picture(mimeType: mimeType, bytes: bytes)), step)
    case .interrupt: return direct(.interrupt, step)
    case .fail(let failure):
      let reaction = direct(.fail(failure), step)
      isTurnOpen = false
      return reaction
    case .goAway(let duration): return direct(.goAway(duration), step)
    case .send(let raw): return direct(.send(raw.message(in: known.values)), step)
    case .endTurn(let end):
      advance()
      isTurnOpen = false
      perform()
      return Reaction(.endTurn(end))
    case .close(let code, let reason):
      if let ending = endTurn() { return ending }
      advance()
      perform()
      var reaction = Reaction(.hangUp(code.map(CloseCode.init(rawValue:)), reason))
      reaction.find(Finding(kind: .played, location: step.location, text: step.words))
      return reaction
    case .repeat(let times, let steps):
      advance()
      frames.append(Frame(steps: steps, repeats: times.map { $0 - 1 } ?? .max))
      return nil
    case .run(let name):
      advance()
      frames.append(Frame(steps: script.scenario.scripts[name] ?? []))
      return nil
    case .choose(let rules, let otherwise):
      advance()
      let rule = rules.first { fits($0, known) }
      if let rule { taken[rule.location, default: 0] += 1 }
      frames.append(Frame(steps: rule?.steps ?? otherwise))
      return nil
    case .set(let members):
      advance()
      for member in members { known.captures[member.name] = member.value.value(in: known.values) }
      return nil
    case .log(let text):
      advance()
      notes.note(.info, text.value(in: known.values).plainText)
      return nil
    }
  }

  private mutating func direct(_ action: ServerAction, _ step: Step) -> Reaction {
    advance()
    perform()
    isTurnOpen = isTurnOpen || action.isPartOfTurn
    var reaction = Reaction(action, fault: step.fault)
    reaction.find(Finding(kind: .played, location: step.location, text: step.words))
    return reaction
  }

  private mutating func begin(
    _ awaiting: Await, _ location: SourceLocation, at now: Instant, _ known: inout Knowledge
  ) -> Reaction? {
    switch awaiting.what {
    case .user, .close, .reconnect: if let ending = endTurn() { return ending }
    case .toolResult:
      if isTurnOpen, !isAwaitingResults {
        isAwaitingResults = true
        perform()
        return Reaction(.awaitResults)
      }
    case .setup:
      advance()
      return nil
    case .interruption, .message: break
    }
    advance()
    wait(.waiting(awaiting, location), until: awaiting.within.map { now + $0 })
    if awaiting.what == .reconnect { wait(.waiting(awaiting, location), until: nil) }
    switch awaiting.what {
    case .user, .toolResult:
      guard !pendingTurns.isEmpty else { return Reaction() }
      return hear(.turn(pendingTurns.removeFirst()), at: now, &known)
    case .setup, .interruption, .message, .close, .reconnect: return Reaction()
    }
  }

  private mutating func endTurn() -> Reaction? {
    guard isTurnOpen else { return nil }
    isTurnOpen = false
    perform()
    return Reaction(.endTurn(TurnEnd()))
  }

  private func speech(_ saying: Saying, _ known: Knowledge) -> Speech {
    let chunk = saying.chunk ?? script.scenario.chunk
    return Speech(
      text: saying.text?.value(in: known.values).plainText,
      audio: saying.audio.flatMap { script.clips[$0.path] },
      chunking: chunk.map(Chunking.init(every:)))
  }

  // MARK: - Interruption

  /// What was to be said when the client cut in is not said later.
  mutating func skipModelSteps() {
    while let step = peek(), step.action.isModels { advance() }
  }

  /// The client cut the model off: the step that awaits it is over.
  mutating func passInterruption(at now: Instant, _ known: inout Knowledge) -> Reaction {
    isTurnOpen = false
    isAwaitingResults = false
    switch state {
    case .waiting(let awaiting, let location):
      switch awaiting.what {
      case .interruption:
        let found = judge(awaiting, location, .null, &known)
        return next(at: now, &known).preceded(by: found)
      case .toolResult: break
      case .user, .setup, .close, .reconnect, .message: return Reaction()
      }
    case .performing, .pausing: break
    case .waitingForReady, .over: return Reaction()
    }
    skipModelSteps()
    var found = Reaction()
    if let step = peek(), case .await(let awaiting) = step.action, awaiting.what == .interruption {
      advance()
      found = judge(awaiting, step.location, .null, &known)
    }
    return next(at: now, &known).preceded(by: found)
  }

  /// Passes so many turns of the user and the answers to them, unplayed.
  mutating func skip(turns: Int) {
    var left = turns
    var steps = 0
    while left > 0, steps < Self.idleStepsMax, let step = peek() {
      steps += 1
      advance()
      switch step.action {
      case .await(let awaiting):
        if awaiting.what == .user || awaiting.what == .toolResult { left -= 1 }
      case .repeat(let times, let inner):
        frames.append(Frame(steps: inner, repeats: times.map { $0 - 1 } ?? .max))
      case .run(let name): frames.append(Frame(steps: script.scenario.scripts[name] ?? []))
      case .wait, .say, .think, .call, .cancelCalls, .execute, .show, .interrupt, .fail, .goAway,
        .send, .endTurn, .close, .choose, .set, .log:
        break
      }
    }
    skipModelSteps()
    turnCount = turns
  }
}

extension ServerAction {
  /// Whether it begins the model's turn where none is open.
  fileprivate var isPartOfTurn: Bool {
    switch self {
    case .say, .think, .call, .execute, .show: true
    case .transcribe, .cancelCalls, .awaitResults, .endTurn, .interrupt, .fail, .goAway, .send,
      .hangUp:
      false
    }
  }
}

extension Step.Action {
  /// Whether the model does it, so that an interruption cuts it.
  fileprivate var isModels: Bool {
    switch self {
    case .say, .think, .call, .cancelCalls, .execute, .show, .endTurn, .wait: true
    case .await, .interrupt, .fail, .goAway, .send, .close, .repeat, .run, .choose, .set, .log:
      false
    }
  }
}

extension Calling {
  fileprivate func call(in values: JSONObject) -> ToolCall {
    ToolCall(
      name: name,
      arguments: JSONObject(
        arguments.map { JSONMember(name: $0.name, value: $0.value.value(in: values)) }),
      id: id?.value(in: values).plainText)
  }
}

extension RawMessage {
  fileprivate func message(in values: JSONObject) -> Message {
    switch self {
    case .json(let template): .json(template.value(in: values))
    case .text(let text): Message(.text, .bytes(Array(text.utf8)))
    case .bytes(let bytes): Message(.binary, .bytes(bytes))
    }
  }
}
