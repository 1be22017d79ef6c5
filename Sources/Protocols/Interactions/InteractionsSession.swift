package import Conversation
import JSON
package import VirtualTime
import Wire

/// The server side of one HTTP exchange with the Interactions API.
///
///     unopened --create--> answering --ended--> over
///        |                     '--in the background, streamed--> following --ended--> over
///        |--get, streamed------------------------------------------^
///        '--get, cancel, delete, refused--> over
///
/// What the model does is planned into a `Run`, which outlives the exchange on the namespace's
/// shelf. A run in the foreground is played as it is told; a run in the background is told at once,
/// and takes its time afterwards.
package struct InteractionsSession: Session {
  private enum State: Sendable {
    case unopened
    case answering(Answering)
    case following(Follower)
    case over
  }

  /// How often to look again at a run that another exchange may cancel.
  private static let patience = Duration.milliseconds(250)

  private let settings: SessionSettings
  private let options: Options
  private var state = State.unopened
  package private(set) var deadline: Instant?

  package init(settings: SessionSettings) {
    self.settings = settings
    options = Options(settings)
  }

  package mutating func receive(
    _ input: Input, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    deadline = nil
    var shelf: InteractionsShelf {
      get { namespace[InteractionsShelf.self, default: InteractionsShelf()] }
      _modify { yield &namespace[InteractionsShelf.self, default: InteractionsShelf()] }
    }
    switch (state, input) {
    case (.unopened, .opened(let request)):
      return open(request, at: now, in: &namespace)
    case (.answering(let answering), .direction(let action)):
      return goOn(answering, performing: action, at: now, in: &shelf)
    case (.answering(let answering), .due): return goOn(answering, at: now, in: &shelf)
    case (.answering(var answering), .closed):
      answering.leave(at: now)
      let outputs = goOn(answering, at: now, in: &shelf)
      shelf.makeRoom()
      return outputs
    case (.following(let follower), .due): return follow(follower, at: now, in: shelf)
    case (.following(let follower), .direction):
      // The run is told to its end; the scenario has nothing more for this exchange.
      return [.performed] + follow(follower, at: now, in: shelf)
    case (.over, .direction), (.unopened, .direction): return [.performed]
    case (.following, .closed), (.unopened, .closed), (.over, .closed):
      state = .over
      // Nobody waits for the room, so it is made when the answer is out.
      shelf.makeRoom()
      return []
    case (.following(let follower), .message), (.following(let follower), .opened):
      return follow(follower, at: now, in: shelf)
    case (.answering(let answering), .message), (.answering(let answering), .opened):
      return goOn(answering, at: now, in: &shelf)
    case (.unopened, .message), (.unopened, .due), (.over, .opened), (.over, .message),
      (.over, .due):
      return []
    }
  }

  private mutating func goOn(
    _ answering: Answering, performing action: ServerAction? = nil, at now: Instant,
    in shelf: inout InteractionsShelf
  ) -> [Output] {
    var answering = answering
    var outputs = action.map { answering.perform($0, at: now, in: &shelf) } ?? []
    switch answering.advance(at: now, in: &shelf) {
    case .goesOn(let more, let wake):
      outputs += more
      deadline = wake
      state = .answering(answering)
    case .isOver(let more):
      outputs += more
      state = .over
    case .follows(let more, let follower):
      outputs += more + follow(follower, at: now, in: shelf)
    }
    return outputs
  }

  private mutating func follow(
    _ follower: Follower, at now: Instant, in shelf: InteractionsShelf
  ) -> [Output] {
    var follower = follower
    let progress = follower.advance(shelf[follower.runID], at: now)
    deadline = progress.wake
    state = progress.isOver ? .over : .following(follower)
    return progress.outputs + (progress.isOver ? [.finish] : [])
  }

  // MARK: - Requests

  private mutating func open(_ request: Request, at now: Instant, in namespace: inout Namespace)
    -> [Output]
  {
    let dice = namespace.openConnection()
    guard let route = Route(request) else { return refuse(.notFound) }
    if let refusal = self.refusal(of: Credential.of(request)) { return refuse(refusal) }
    if let quota = settings.quota,
      let wait = namespace[QuotaMeter.self, default: QuotaMeter()].take(of: quota, at: now)
    {
      let unixTime = namespace.unixTime(at: now)
      return refuse(
        Self.exceeded(quota, wait), since: options.retryAfter == .date ? unixTime : nil)
    }
    guard let revision = Revision.of(request, by: options.revision) else {
      return refuse(Self.sunset)
    }
    switch route {
    case .create: return create(request, revision, dice, at: now, in: &namespace)
    case .get(let id): return get(id, request, revision, at: now, in: namespace)
    case .delete(let id): return delete(id, at: now, in: &namespace)
    case .cancel(let id): return cancel(id, revision, at: now, in: &namespace)
    case .unsupported(let method):
      return refuse(Refusal("not_found", "\(method) \(request.path) was not found."))
    }
  }

  private func refusal(of credential: String?) -> Refusal? {
    guard let credential else {
      let refusal = Refusal(
        "authentication",
        "Method doesn't allow unregistered callers (callers without established identity). Please "
          + "use API Key or other form of API consumer identity to call this API.",
        hint: "send any key in x-goog-api-key")
      return settings.isStrict || settings.keys != nil ? refusal : nil
    }
    if settings.expiredKeys.contains(credential) {
      return Refusal(
        "authentication", "API key expired. Please renew the API key.",
        hint: "the key is one of the scenario's 'auth.expired'")
    }
    guard let keys = settings.keys, !keys.contains(credential) else { return nil }
    return Refusal(
      "authentication", "API key not valid. Please pass a valid API key.",
      hint: "the scenario's 'auth.keys' do not hold the one that was sent")
  }

  private static func exceeded(_ quota: Int, _ wait: Duration) -> Refusal {
    var refusal = Refusal(
      "quota_exceeded",
      "You exceeded your current quota, please check your plan and billing details.",
      hint: "the scenario's 'auth.quota' is \(quota) in a minute")
    refusal.retryAfter = wait
    return refusal
  }

  /// Migration guide, "Sunset".
  private static let sunset = Refusal(
    "invalid_request",
    "The legacy Interactions API schema is no longer supported. Please upgrade to the latest SDK.",
    hint: "the scenario says 'revision: sunset', and the client speaks the old schema")

  private mutating func create(
    _ request: Request, _ revision: Revision, _ dice: Dice, at now: Instant,
    in namespace: inout Namespace
  ) -> [Output] {
    let reader = RequestReader(request.body, revision, models: settings.models)
    var refusals = reader.refusals
    guard let wish = reader.request else { return refuse(refusals.first ?? .invalid("No input.")) }
    let previous = wish.previousID.flatMap { find($0, at: now, in: namespace) }
    if let id = wish.previousID { refusals += self.refusals(of: id, previous, at: now) }
    let continued = self.continued(wish, in: namespace)
    if wish.continuationToken != nil, continued == nil {
      refusals.append(
        .invalid(
          "Invalid value for 'continuation_token'.", hint: "no interaction that is kept ended so"))
    }
    let inherited = previous.map { $0.timeline(at: now) } ?? []
    refusals += HistoryRules(inherited: inherited, request: wish).refusals
    if let files = namespace.files {
      refusals += FileRules(files: files, request: wish, now: now).refusals
    }
    if settings.isStrict, let refusal = refusals.first {
      return refuse(refusal, besides: refusals.dropFirst())
    }
    let run = Run(
      wish, following: previous,
      by: RunSettings(
        epoch: namespace.epoch, pace: settings.pace, hasSignatures: options.hasSignatures),
      ids: Identifiers(dice), at: now)
    namespace[InteractionsShelf.self, default: InteractionsShelf()].add(run)
    state = .answering(Answering(run, revision, options))
    let turns = UserTurns(wish.steps, names: names(of: inherited + wish.steps))
    return refusals.map { .explain(LogLine(.warning, "let pass: \($0.explanation)")) }
      + [
        .converse(thread(previous ?? continued, turns)), .heard(.ready), .heard(.turn(turns.last)),
      ]
  }

  private func find(_ id: String, at now: Instant, in namespace: Namespace) -> Run? {
    namespace[InteractionsShelf.self, default: InteractionsShelf()]
      .find(id, retention: options.retention, at: now)
  }

  /// Continuation guide: the token says where to go on, with what is stored and without.
  private func continued(_ wish: CreateRequest, in namespace: Namespace) -> Run? {
    guard let token = wish.continuationToken else { return nil }
    return namespace[InteractionsShelf.self, default: InteractionsShelf()].find(token: token)
  }

  private func refusals(of id: String, _ previous: Run?, at now: Instant) -> [Refusal] {
    guard let previous else {
      var refusal = Refusal.notFound
      refusal.hint = "'previous_interaction_id' names none that is stored: \(id)"
      return [refusal]
    }
    if previous.status(at: now).isOver { return [] }
    return [
      Refusal("failed_precondition", "The previous interaction is still in progress.")
    ]
  }

  private func thread(_ previous: Run?, _ turns: UserTurns) -> ConversationThread {
    if let previous { return .following(previous.id) }
    return turns.earlierCount > 0 ? .afterTurns(turns.earlierCount) : .new
  }

  private func names(of steps: [JSONObject]) -> [String: String] {
    var names: [String: String] = [:]
    for step in steps where step["type"]?.string == "function_call" {
      if let id = step["id"]?.string { names[id] = step["name"]?.string }
    }
    return names
  }

  private mutating func get(
    _ id: String, _ request: Request, _ revision: Revision, at now: Instant,
    in namespace: Namespace
  ) -> [Output] {
    guard let run = find(id, at: now, in: namespace) else { return refuse(.notFound) }
    if let mask = request.query("fields"), mask != "*" {
      return refuse(.invalid("Field masks other than '*' are not supported."))
    }
    guard request.query("stream") == "true" else {
      let isInputIncluded = request.query("include_input") == "true"
      return answer(
        .indented(
          Resource(run: run, revision: revision, now: now)
            .json(.timeline(isInputIncluded: isInputIncluded))))
    }
    var follower = Follower(
      runID: run.id, revision: revision, isReplay: true, options, patience: Self.patience)
    if let last = request.query("last_event_id"), !last.isEmpty {
      guard let index = run.index(ofEvent: last) else {
        return refuse(
          .invalid("Invalid value for 'last_event_id'.", hint: "no event of \(id) is \(last)"))
      }
      follower.index = index + 1
    }
    let shelf = namespace[InteractionsShelf.self, default: InteractionsShelf()]
    return [.begin(options.streamHead)] + follow(follower, at: now, in: shelf)
  }

  /// Interactions API reference, "Cancel": background runs only, and only while they run.
  private mutating func cancel(
    _ id: String, _ revision: Revision, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    guard var run = find(id, at: now, in: namespace) else { return refuse(.notFound) }
    guard run.request.isBackground, !run.status(at: now).isOver else {
      return refuse(
        Refusal(
          "failed_precondition",
          "Only background interactions that are in progress can be cancelled."))
    }
    run.cancel(at: now)
    namespace[InteractionsShelf.self, default: InteractionsShelf()][id] = run
    return answer(.indented(Resource(run: run, revision: revision, now: now).json(.bare)))
  }

  /// Interactions API reference, "Delete": a run that is under way goes on unseen.
  private mutating func delete(_ id: String, at now: Instant, in namespace: inout Namespace)
    -> [Output]
  {
    guard find(id, at: now, in: namespace) != nil else { return refuse(.notFound) }
    namespace[InteractionsShelf.self, default: InteractionsShelf()][id]?.isDeleted = true
    return answer(.indented([:]))
  }

  private mutating func answer(_ response: Response) -> [Output] {
    state = .over
    return [.respond(response)]
  }

  private mutating func refuse(
    _ refusal: Refusal, besides others: ArraySlice<Refusal> = [], since unixTime: Int64? = nil
  ) -> [Output] {
    state = .over
    return [.explain(LogLine(.warning, refusal.explanation))]
      + others.prefix(10).map { .explain(LogLine(.warning, "besides: \($0.explanation)")) }
      + [.respond(refusal.response(since: unixTime))]
  }
}
