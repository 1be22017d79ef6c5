import Audio
import Conversation
import JSON
import VirtualTime

/// How the model's answers begin and end (Realtime guide, "Lifecycle of a response"; recorded).
extension LiveSession {
  /// More answers at once than any client has use for.
  static let responsesMax = 16

  /// The answer that belongs to the conversation; there is one at most.
  var activeIndex: Int? { responses.firstIndex { !$0.isOutOfBand && !$0.isOver } }

  /// When the first response has something to do next.
  var generationDue: Instant {
    guard let current = responses.first, current.createdDue == nil, !current.isOver else {
      return .never
    }
    return min(batch?.due ?? .never, utterance?.due ?? .never)
  }

  /// Begins a response; the scenario is asked what the model says. It reads the conversation, or
  /// `context` where the client gave it one of its own.
  mutating func beginResponse(
    _ parameters: JSONObject, reading context: TokenCount? = nil, at now: Instant
  ) {
    let isOutOfBand = parameters["conversation"]?.string == "none"
    let modalities = parameters["output_modalities"] ?? configuration.outputModalities
    let output = parameters["audio"]?["output"]
    var response = ModelResponse(
      id: newID("resp_", at: now), isOutOfBand: isOutOfBand, isText: modalities == ["text"],
      conversationID: isOutOfBand ? .null : .string(conversationID),
      outputModalities: modalities,
      maxOutputTokens: parameters["max_output_tokens"] ?? configuration.maxOutputTokens,
      audio: [
        "output": [
          "format": output?["format"].map(SessionConfiguration.echo(ofFormat:))
            ?? configuration.outputFormat,
          "voice": output?["voice"] ?? configuration.voice,
        ]
      ],
      metadata: parameters["metadata"] ?? .null,
      temperature: parameters["temperature"] ?? configuration.temperature,
      tools: parameters["tools"]?.array ?? configuration.tools,
      createdDue: now + pace.latency(Latencies.response))
    let instructions = parameters["instructions"]?.string ?? configuration.instructions
    response.usage.input =
      (context ?? items.tokens) + TokenCount(text: TokenCount.text(instructions), audio: 0)
    responses.append(response)
    idle = nil
  }

  /// Asks the scenario for the answer to what the user brought.
  mutating func askForAnswer() {
    report(.turn(brought.turn))
    brought = UserInput()
  }

  /// Whether `action` can be carried out now. It waits for `response.created`, and is dropped when
  /// the client has seen the end of the response already.
  mutating func isReady(for action: ServerAction, at now: Instant) -> Bool {
    if responses.isEmpty { beginResponse([:], at: now) }
    if responses[0].isOver {
      reportPerformed()
      return false
    }
    if responses[0].createdDue != nil {
      responses[0].waiting = action
      return false
    }
    return true
  }

  /// When the next item of the first response begins.
  func nextItemDue(at now: Instant) -> Instant {
    let isFirst = responses.first?.announcedCount == 0
    return now + pace.latency(isFirst ? Latencies.firstItem : Latencies.nextItem)
  }

  /// `response.created` goes out; what the scenario asked for meanwhile begins, unless the
  /// response is cut at once.
  mutating func announceResponse(_ index: Int, isCut: Bool = false, at due: Instant) {
    responses[index].createdDue = nil
    if isCut { responses[index].waiting = nil }
    let response = responses[index]
    send(
      "response.created", ["response": shown(response, .completed, "in_progress")], at: due)
    if admission.dialect == .beta, !isCut { sendRateLimits(at: due) }
    responses[index].waiting = nil
    if let waiting = response.waiting { perform(waiting, at: due) }
  }

  /// The next thing of the first response that is due.
  mutating func generate(at due: Instant) {
    if let batch, batch.due == due {
      advanceCalls(batch, at: due)
    } else if let saying = utterance {
      advance(saying, at: due)
    }
  }

  /// The model's turn ends as the scenario says.
  mutating func endTurn(_ end: TurnEnd, at now: Instant) {
    if responses.first?.isOver == true {
      responses.removeFirst()
      return reportPerformed()
    }
    guard isReady(for: .endTurn(end), at: now) else { return }
    finishResponse(ResponseEnd(end.outcome), at: now)
    responses.removeFirst()
    reportPerformed()
  }

  /// Closing events, then `response.done` with what was said so far; the first response stays, as
  /// over, until its turn is.
  ///
  /// Before the first output the usage of an answer that is not complete is zero (recorded).
  mutating func finishResponse(_ end: ResponseEnd, at now: Instant) {
    closeUtterance(end.itemStatus, at: now)
    closeCalls(end.itemStatus, at: now)
    responses[0].isOver = true
    send(
      "response.done", ["response": shown(responses[0], end, end.status)], at: now)
    switch end {
    case .completed, .incomplete:
      if admission.dialect == .ga { rateLimitsDue = now + pace.latency(Latencies.rateLimits) }
    case .cancelled, .failed: break
    }
    switch end {
    case .completed, .incomplete, .failed: finishPlaying(responses[0], at: now)
    case .cancelled: break
    }
    if !responses[0].isOutOfBand { awaitUser(after: responses[0], at: now) }
  }

  private func shown(_ response: ModelResponse, _ end: ResponseEnd, _ status: String) -> JSONValue {
    var usage: Usage? = response.usage
    if status == "in_progress" {
      usage = nil
    } else if response.output.isEmpty, status != "completed" {
      usage = Usage()
    }
    var json = response.json(status: status, details: end.details, usage: usage)
    // Kept in the shape of GA; only the beta has it.
    if admission.dialect == .beta { json["temperature"] = response.temperature }
    return .object(json)
  }

  /// Cuts an answer. Its turn is over for the scenario, too, when it was its turn.
  ///
  /// `reason` is `turn_detected` or `client_cancelled`.
  mutating func cancelResponse(_ index: Int, reason: String, at now: Instant) {
    if responses[index].createdDue != nil {
      announceResponse(index, isCut: true, at: now)
    }
    let end = ResponseEnd.cancelled(reason: reason)
    if index == 0 {
      finishResponse(end, at: now)
      responses.removeFirst()
      report(.interrupted)
    } else {
      // The scenario has not come to it yet; what it has for it is dropped.
      responses[index].isOver = true
      send(
        "response.done", ["response": shown(responses[index], end, end.status)], at: now)
    }
  }

  /// Realtime reference, "rate_limits.updated": GA reports tokens after `response.done`, the beta
  /// requests as well and before the first item; Azure nothing (recorded). A mock never runs out.
  mutating func sendRateLimits(at now: Instant) {
    guard knobs.sendsRateLimits, !admission.isAzure else { return }
    let tokens: JSONValue = [
      "name": "tokens", "limit": 40_000_000, "remaining": 39_990_000, "reset_seconds": 0.015,
    ]
    let requests: JSONValue = [
      "name": "requests", "limit": 20_000, "remaining": 19_999, "reset_seconds": 0.003,
    ]
    let limits = admission.dialect == .beta ? [requests, tokens] : [tokens]
    send("rate_limits.updated", ["rate_limits": .array(limits)], at: now)
  }
}
