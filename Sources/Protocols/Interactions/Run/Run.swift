import Conversation
import JSON
import VirtualTime
import Wire

/// One interaction: what was asked, and a timed list of what the model does about it.
///
/// A run is planned ahead: each event says when it happens. So what a reader sees, be it a stream,
/// a poll or a stream that is resumed, is a function of the clock, and no connection need live as
/// long as the run does.
struct Run: Sendable {
  struct Planned: Sendable {
    var due: Instant
    let event: RunEvent
  }

  struct Ending: Sendable {
    let status: RunStatus
    var due: Instant
    /// Interactions API reference, "Interaction.errors".
    var errors: [JSONValue] = []
    /// Continuation guide: what the client sends to go on.
    var continuationToken: String?
  }

  let request: CreateRequest
  let id: String
  /// The own part of the first interaction's identifier.
  let root: String
  let startedAt: Instant
  /// The Unix time, in seconds, at `Instant.start`.
  let epoch: Int64
  let pace: Pace
  let hasSignatures: Bool
  var ids: Identifiers
  /// When the next event may come at the earliest.
  var clock: Instant
  /// What the model made, as the steps of the current schema; finished when its `stop` has passed.
  var steps: [JSONObject] = []
  var events: [Planned] = []
  var ending: Ending?
  var usage = Usage()
  /// What the scenario sends in place of an answer.
  var rawAnswer: Message?
  /// A deleted run goes on, but nobody finds it any more.
  var isDeleted = false
  /// Antigravity guide, "Environments": what a later interaction names to go on in the same one.
  let environmentID: String?
  private let eventPrefix: String
  /// What the input alone cost.
  private let inputUsage: Usage

  init(
    _ request: CreateRequest, following previous: Run?, by settings: RunSettings,
    ids: Identifiers, at now: Instant
  ) {
    self.request = request
    self.ids = ids
    epoch = settings.epoch
    pace = settings.pace
    hasSignatures = settings.hasSignatures
    let own = self.ids.part()
    root = previous?.root ?? own
    id = Identifiers.interaction(root: root, own: own)
    eventPrefix = self.ids.call()
    var environment = request.environmentID
    if environment == nil, request.hasEnvironment { environment = "env_" + self.ids.call() }
    environmentID = environment
    startedAt = now
    clock = now
    var usage = Usage()
    if let previous {
      usage.inherit(tokens: previous.usage.totalInput + previous.usage.totalOutput)
    }
    usage.read(request.steps)
    inputUsage = usage
    self.usage = usage
    schedule(.created)
    schedule(.status)
    clock = now + pace.latency(Latencies.firstStep)
  }

  // MARK: - What can be seen of it

  func status(at now: Instant) -> RunStatus {
    if let ending, ending.due <= now { return ending.status }
    let isBegun = events.contains {
      if case .start = $0.event { $0.due <= now } else { false }
    }
    return request.isQueued && !isBegun ? .queued : .inProgress
  }

  /// The steps that are finished, the user's before the model's.
  func timeline(at now: Instant) -> [JSONObject] { request.steps + finishedSteps(at: now) }

  func finishedSteps(at now: Instant) -> ArraySlice<JSONObject> {
    let count = events.count {
      if case .stop = $0.event { $0.due <= now } else { false }
    }
    return steps.prefix(count)
  }

  func unixTime(at instant: Instant) -> Int64 { epoch + instant.nanoseconds / 1_000_000_000 }

  func eventID(_ index: Int) -> String { "\(eventPrefix)-\(index)" }

  /// Where the event with this identifier stands; nil when this run has none such.
  func index(ofEvent id: String) -> Int? {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == eventPrefix, let index = Int(parts[1]),
      events.indices.contains(index)
    else { return nil }
    return index
  }

  // MARK: - How it goes on

  mutating func schedule(_ event: RunEvent, after measured: Duration = .zero) {
    clock = clock + pace.latency(measured)
    events.append(Planned(due: clock, event: event))
  }

  /// What the scenario waited with has not happened before now.
  mutating func wait(until now: Instant) { clock = max(clock, now) }

  mutating func end(_ status: RunStatus, _ failure: ServiceFailure? = nil) {
    var ending = Ending(status: status, due: clock)
    if let failure { ending.errors = [Refusal(failure).error] }
    if status == .requiresContinuation { ending.continuationToken = ids.signature() }
    schedule(.completed, after: Latencies.step)
    ending.due = clock
    self.ending = ending
  }

  /// The stream ends with an error, and without `interaction.completed`.
  mutating func fail(_ failure: ServiceFailure) {
    let error = Refusal(failure).error
    schedule(.error(error), after: Latencies.step)
    ending = Ending(status: .failed, due: clock, errors: [error])
  }

  /// The connection was cut by the scenario: what was made so far is all there is.
  mutating func breakOff(at now: Instant) {
    clock = max(clock, now)
    ending = Ending(status: .incomplete, due: clock)
    countFinished(at: clock)
  }

  /// Interactions API reference, "Cancel": the model stops where it is.
  mutating func cancel(at now: Instant) {
    events.removeAll { $0.due > now }
    events.append(Planned(due: now, event: .completed))
    clock = now
    ending = Ending(status: .cancelled, due: now)
    countFinished(at: now)
  }

  /// Nobody pays for what was planned and never made.
  private mutating func countFinished(at now: Instant) {
    usage = inputUsage
    for step in finishedSteps(at: now) { usage.write(step) }
  }

  /// Makes the whole run last at least `length`: what comes after the beginning moves apart in
  /// proportion.
  mutating func stretch(to length: Duration) {
    guard var ending else { return }
    let beginning = startedAt + pace.latency(Latencies.firstStep)
    let end = max(startedAt + pace.latency(length), beginning)
    guard ending.due < end else { return }
    let natural = ending.due - beginning
    let scale = natural > .zero ? (end - beginning) / natural : 0
    for index in events.indices where events[index].due > beginning {
      events[index].due = beginning + (events[index].due - beginning) * scale
    }
    ending.due = end
    if let last = events.indices.last { events[last].due = end }
    self.ending = ending
    clock = end
  }
}

/// What a run is set up with besides its request.
struct RunSettings: Sendable {
  let epoch: Int64
  let pace: Pace
  let hasSignatures: Bool
}
