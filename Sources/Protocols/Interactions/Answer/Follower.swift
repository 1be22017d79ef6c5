import Conversation
import VirtualTime
import Wire

/// Sends the events of a run to one client, each when it is due.
struct Follower: Sendable {
  let runID: String
  let revision: Revision
  /// A stream that is asked for again, and not the answer to a create.
  private let isReplay: Bool
  /// Which events carry their identifier.
  private let eventIDs: Options.EventIDs
  private let options: Options
  private let lines: ServerSentEventWriter
  /// How often to look again, where another exchange may change the run; nil where none does.
  private let patience: Duration?
  /// The next event to send.
  var index = 0

  /// Interactions API reference, "Resume": every event that is sent again has its identifier.
  init(
    runID: String, revision: Revision, isReplay: Bool, _ options: Options, patience: Duration?
  ) {
    self.runID = runID
    self.revision = revision
    self.isReplay = isReplay
    eventIDs = isReplay ? .all : options.eventIDs
    self.options = options
    lines = ServerSentEventWriter(lineEnd: options.lineEnd)
    self.patience = patience
  }

  /// How many events go out at once; what is due besides follows at once, but lets others in.
  private static let batchMax = 64

  struct Progress {
    var outputs: [Output] = []
    /// The stream has ended; `.finish` is still to come.
    var isOver = false
    /// When there is more to do; nil until the run goes on.
    var wake: Instant?
  }

  mutating func advance(_ run: Run?, at now: Instant) -> Progress {
    var progress = Progress()
    // Forgotten meanwhile, since too many came after it.
    guard let run else {
      progress.isOver = true
      return progress
    }
    let writer = EventWriter(
      run: run, revision: revision, lines: lines, failures: options.failures,
      hasUsage: isReplay || !run.request.target.name.hasPrefix("deep-research"))
    while index < run.events.count, run.events[index].due <= now,
      progress.outputs.count < Self.batchMax
    {
      if let payload = writer.payload(run.events[index].event, id: eventID(of: run)) {
        progress.outputs.append(.stream(payload))
      }
      index += 1
    }
    if index < run.events.count {
      progress.wake = soon(run.events[index].due, at: now)
    } else if let ending = run.ending {
      progress.isOver = ending.due <= now
      if !progress.isOver { progress.wake = soon(ending.due, at: now) }
    } else if let patience {
      progress.wake = now + patience
    }
    if progress.isOver, options.hasDone, !writer.isBrokenOff {
      progress.outputs.append(.stream(writer.done))
    }
    return progress
  }

  private func soon(_ due: Instant, at now: Instant) -> Instant {
    let wake = max(due, now)
    return patience.map { min(wake, now + $0) } ?? wake
  }

  private func eventID(of run: Run) -> String? {
    switch (eventIDs, run.events[index].event) {
    case (.all, _), (.deltas, .delta), (.deltas, .arguments): run.eventID(index)
    case (.deltas, _), (.none, _): nil
    }
  }
}
