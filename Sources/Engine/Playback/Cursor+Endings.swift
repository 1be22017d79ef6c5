import Conversation
import Diagnostics
import JSON
package import Scenarios
import VirtualTime
import Wire

/// What becomes of a script when its connection ends, and when its client comes back.
extension Cursor {
  /// The connection is gone. True when the script goes on at the next one.
  mutating func close(at now: Instant, _ known: inout Knowledge) -> (Reaction, goesOn: Bool) {
    var reaction = Reaction()
    let leftover = leftover
    deadline = nil
    if case .waiting(let awaiting, let location) = state {
      switch awaiting.what {
      case .reconnect: return (reaction, true)
      case .close: reaction = judge(awaiting, location, .null, &known)
      case .user, .toolResult, .setup, .interruption, .message:
        reaction.note(.info, "the script ended early: at \(location)")
        for finding in leftover { reaction.find(finding) }
        state = .over
        return (reaction, false)
      }
    }
    skipModelSteps()
    while let step = peek(), case .await(let awaiting) = step.action {
      switch awaiting.what {
      case .close: advance()
      case .reconnect:
        advance()
        state = .waiting(awaiting, step.location)
        return (reaction, true)
      case .user, .toolResult, .setup, .interruption, .message:
        reaction.note(.info, "the script ended early: \(step.location) was not reached")
        for finding in leftover { reaction.find(finding) }
        state = .over
        return (reaction, false)
      }
    }
    state = .over
    return (reaction, false)
  }

  /// The client came back after `gap`: the script goes on once the session is set up.
  mutating func reconnect(after gap: Duration) -> Reaction {
    var reaction = Reaction()
    if case .waiting(let awaiting, let location) = state { returning = (awaiting, location) }
    if let (awaiting, location) = returning, let within = awaiting.within {
      reaction.find(
        gap <= within
          ? Finding(kind: .met, location: location, text: "the client came back in time")
          : Finding(
            kind: .late, location: location,
            text: "the client came back after \(Cursor.seconds(gap)), and not within "
              + Cursor.seconds(within), awaited: "reconnect"))
    }
    state = .waitingForReady
    isTurnOpen = false
    isAwaitingResults = false
    resumedHandle = nil
    pendingTurns = []
    return reaction
  }

  /// The session of a client that came back is set up.
  mutating func judgeReturn(_ known: inout Knowledge) -> Reaction {
    guard let (awaiting, location) = returning else { return Reaction() }
    returning = nil
    let value: JSONValue = [
      "resumed": .bool(resumedHandle != nil), "handle": .optional(resumedHandle),
    ]
    return judge(awaiting, location, value, &known)
  }

  /// Whether the script waited for this client to come back.
  var isReturning: Bool { returning != nil }

  /// The finding about a script whose client never came back.
  var abandoned: Finding {
    var location: SourceLocation?
    if case .waiting(_, let place) = state { location = place }
    return Finding(
      kind: .missing, location: location,
      text: "the client never came back where "
        + "'await: reconnect' waited", awaited: "reconnect")
  }

  // MARK: - What is left

  /// More than this is not listed one by one.
  private static let listedMax = 5

  /// The step that waits, or the one that comes next; nil when none is left.
  var place: SourceLocation? {
    if case .waiting(_, let location) = state { return location }
    return frames.last { $0.index < $0.steps.count }.map { $0.steps[$0.index].location }
  }

  /// Whether the model is at work, so that a client that ends the connection now cuts it off.
  var isBusy: Bool {
    switch state {
    case .performing, .pausing: true
    case .waitingForReady, .waiting, .over: false
    }
  }

  /// What the script still expects of its client, and the steps that are left.
  private var leftover: [Finding] {
    var steps = left
    var findings: [Finding] = []
    var awaited: String?
    let isEndless = frames.contains { $0.repeats == .max }
    if case .waiting(let awaiting, let location) = state, !isEndless {
      if awaiting.expect != nil || awaiting.within != nil {
        let words = "the connection ended where '\(awaiting.what.words)' waited"
        findings.append(
          Finding(
            kind: .missing, location: location, text: words, awaited: awaiting.what.word))
      } else {
        awaited = awaiting.what.word
        steps.insert(Step(.await(awaiting), at: location), at: 0)
      }
    }
    steps.removeAll { step in
      guard case .await(let awaiting) = step.action, awaiting.expect != nil else { return false }
      findings.append(
        Finding(
          kind: .missing, location: step.location,
          text: "'\(awaiting.what.words)' and what it expects were never reached"))
      return true
    }
    guard let first = steps.first else { return findings }
    let listed = steps.prefix(Self.listedMax).map { step in
      "'\(step.words)' at \(step.location.line):\(step.location.column)"
    }
    let more = steps.count > listed.count ? " and \(steps.count - listed.count) more" : ""
    findings.append(
      Finding(
        kind: .unplayed, location: first.location,
        text: "\(steps.count) step\(steps.count == 1 ? " was" : "s were") not played: "
          + listed.joined(separator: ", ") + more, awaited: awaited))
    return findings
  }

  /// The steps that were not played. A list that repeats for ever never ends, so nothing of it is
  /// left, nor of what stands behind it.
  private var left: [Step] {
    var left: [Step] = []
    for frame in frames.reversed() {
      if frame.repeats == .max { return left }
      left += frame.steps.dropFirst(frame.index).filter { !$0.isIdle }
    }
    return left
  }
}

extension Step {
  /// As the scenario begins it.
  package var words: String {
    switch action {
    case .await(let awaiting): awaiting.what.words
    case .wait: "wait"
    case .endTurn: "end_turn"
    case .repeat: "repeat"
    case .run(let script): "run: \(script)"
    case .choose: "choose"
    case .set: "set"
    case .log: "log"
    case .call(let calls): "call: \(calls.map(\.name).joined(separator: ", "))"
    case .say, .think, .cancelCalls, .execute, .show, .interrupt, .fail, .goAway, .send, .close:
      ability?.rawValue ?? ""
    }
  }

  /// Whether nobody misses it: it says nothing and asks for nothing.
  fileprivate var isIdle: Bool {
    switch action {
    case .await(let awaiting): awaiting.what == .close || awaiting.what == .setup
    case .repeat(nil, _), .set, .log, .wait, .endTurn: true
    case .repeat, .say, .think, .call, .cancelCalls, .execute, .show, .interrupt, .fail, .goAway,
      .send, .close, .run, .choose:
      false
    }
  }
}
