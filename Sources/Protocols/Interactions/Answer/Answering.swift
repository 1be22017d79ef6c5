import Conversation
import JSON
import VirtualTime
import Wire

/// The answer to one create: it takes directions, and brings the run to the client.
struct Answering: Sendable {
  /// How the exchange goes on.
  enum Progress {
    case goesOn([Output], wake: Instant?)
    case isOver([Output])
    /// The run is told to its end; what is left is to send it.
    case follows([Output], Follower)
  }

  private let runID: String
  private let revision: Revision
  private let options: Options
  private let isStream: Bool
  private let isBackground: Bool
  private var follower: Follower
  private var hasBegun = false
  /// When the direction given last is carried out; nil when none is under way.
  private var performedDue: Instant?
  /// The client went away, or the exchange was answered: nothing can be sent any more.
  private var isGone = false
  private var isCut = false

  init(_ run: Run, _ revision: Revision, _ options: Options) {
    runID = run.id
    self.revision = revision
    self.options = options
    isStream = options.answers.isStream(run.request)
    isBackground = run.request.isBackground
    follower = Follower(
      runID: run.id, revision: revision, isReplay: false, options,
      patience: isBackground ? .milliseconds(250) : nil)
  }

  // MARK: - Directions

  mutating func perform(
    _ action: ServerAction, at now: Instant, in shelf: inout InteractionsShelf
  ) -> [Output] {
    var outputs: [Output] = []
    if let refusal = plan(action, into: &shelf[runID], at: now, explaining: &outputs) {
      // Nothing was sent yet, so the whole exchange fails with the status of the error.
      let unixTime = shelf[runID]?.unixTime(at: now)
      shelf.remove(runID)
      isCut = true
      let since = options.retryAfter == .date ? unixTime : nil
      if !isGone { outputs.append(.respond(refusal.response(since: since))) }
    }
    return outputs
  }

  private mutating func plan(
    _ action: ServerAction, into place: inout Run?, at now: Instant,
    explaining outputs: inout [Output]
  ) -> Refusal? {
    performedDue = now
    guard place != nil, place?.ending == nil else { return nil }
    place?.wait(until: now)
    switch action {
    case .say(let speech):
      if place?.request.modalities.contains("audio") == true,
        let missed = place?.request.missedSound
      {
        outputs = [.explain(LogLine(.warning, missed))]
      }
      place?.say(speech)
    case .think(let text): place?.think(text)
    case .call(let calls):
      if let request = place?.request { outputs = undeclared(calls, in: request) }
      place?.call(calls)
    case .execute(let execution): place?.execute(execution)
    case .show(let picture): place?.show(picture)
    case .send(let message):
      if let type = unknownStep(message) {
        outputs = [
          .explain(LogLine(.warning, "left out: the legacy schema has no content '\(type)'"))
        ]
      } else {
        place?.send(message)
      }
    case .awaitResults: place?.end(.requiresAction)
    case .endTurn(let end): self.end(&place, end, into: &outputs)
    case .fail(let failure):
      guard isBackground || (isStream && hasBegun) else { return Refusal(failure) }
      place?.fail(failure)
      if options.failures == .line { place?.isDeleted = true }
    case .hangUp(let code, let reason):
      place?.breakOff(at: now)
      isCut = true
      outputs = [.close(code, reason)]
    case .transcribe, .cancelCalls, .interrupt, .goAway: break
    }
    if isBackground, place?.ending != nil { place?.stretch(to: options.backgroundTime) }
    if !isBackground, !isGone, let clock = place?.clock { performedDue = clock }
    return nil
  }

  /// The type of a step that this revision has no form for.
  private func unknownStep(_ message: Message) -> String? {
    guard revision == .legacy, let json = message.json, json["event_type"] == nil,
      let type = json["type"]?.string, StepFields.newTools[type] != nil
    else { return nil }
    return type
  }

  private func end(_ run: inout Run?, _ end: TurnEnd, into outputs: inout [Output]) {
    switch end.outcome {
    case .completed:
      let hasCalls = run?.steps.contains { $0["type"]?.string == "function_call" } == true
      run?.end(hasCalls ? .requiresAction : .completed)
    case .incomplete(let reason):
      outputs.append(.explain(LogLine(.info, "the answer is incomplete: \(reason)")))
      run?.end(RunStatus(incomplete: reason))
    case .failed(let failure): run?.end(.failed, failure)
    }
  }

  private func undeclared(_ calls: [ToolCall], in request: CreateRequest) -> [Output] {
    let tools = request.body["tools"]?.array ?? []
    if tools.contains(where: { ["mcp_server", "computer_use"].contains($0["type"]?.string) }) {
      return []
    }
    let names = Set(tools.compactMap { $0["name"]?.string })
    return calls.filter { !names.contains($0.name) }.map {
      .explain(
        LogLine(
          .warning,
          "the model calls '\($0.name)', which the request does not declare: tools are not "
            + "inherited, so each request must bring them"))
    }
  }

  // MARK: - Time

  /// The client is gone; the model goes on without it, and so somebody may resume the stream.
  mutating func leave(at now: Instant) {
    isGone = true
    if performedDue != nil { performedDue = now }
  }

  mutating func advance(at now: Instant, in shelf: inout InteractionsShelf) -> Progress {
    if isCut { return .isOver([.performed]) }
    guard let run = shelf[runID] else { return .isOver([.close(nil, ""), .performed]) }
    var outputs: [Output] = []
    var streamWake: Instant?
    var isSent = true
    // The first direction decides whether the stream begins or the exchange fails.
    if isStream, !isGone, performedDue != nil || hasBegun {
      if !hasBegun { outputs.append(.begin(options.streamHead)) }
      hasBegun = true
      if isBackground, run.ending != nil { return .follows(outputs + settled(run), follower) }
      let progress = follower.advance(run, at: now)
      outputs += progress.outputs
      isSent = progress.isOver
      streamWake = progress.wake
      if progress.isOver { outputs.append(.finish) }
    }
    // Background guide: the answer comes at once, and says no more than that it has begun.
    if isBackground, !isStream, !isGone, !hasBegun, performedDue != nil {
      outputs.append(
        .respond(.indented(Resource(run: run, revision: revision, now: now).json(.bare))))
      hasBegun = true
    }
    if let ending = run.ending {
      if isGone || isBackground || ending.due <= now, isSent || isGone {
        return .isOver(outputs + answer(run, at: now) + settled(run))
      }
      return .goesOn(outputs, wake: isSent ? ending.due : streamWake)
    }
    if let due = performedDue, due <= now {
      performedDue = nil
      outputs.append(.performed)
    }
    return .goesOn(outputs, wake: Self.earliest(performedDue, streamWake))
  }

  /// The whole answer, where it is no stream.
  private func answer(_ run: Run, at now: Instant) -> [Output] {
    if isGone || isStream || isBackground { return [] }
    if let message = run.rawAnswer {
      return [
        .respond(
          Response(
            status: 200, headers: [Header("Content-Type", "application/json; charset=UTF-8")],
            body: message.payload.bytes))
      ]
    }
    let resource = Resource(run: run, revision: revision, now: now)
    return [.respond(.indented(resource.json(.output)))]
  }

  private func settled(_ run: Run) -> [Output] {
    let isContinued = run.request.isStored || run.ending?.continuationToken != nil
    return isContinued ? [.performed, .remember(run.id)] : [.performed]
  }

  private static func earliest(_ first: Instant?, _ second: Instant?) -> Instant? {
    guard let first else { return second }
    return second.map { min(first, $0) } ?? first
  }
}

extension Options {
  /// Interactions API reference, "Streaming": clients refuse any other content type.
  var streamHead: Response {
    Response(
      status: 200,
      headers: [Header("Content-Type", streamType), Header("Cache-Control", "no-cache")],
      body: hasByteOrderMark ? ServerSentEventWriter.byteOrderMark : [])
  }
}
