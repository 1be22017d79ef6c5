package import Conversation
import JSON
package import VirtualTime
import Wire

/// The server side of one exchange with the REST family of the Gemini API.
///
///     awaitingRequest --a resource--> over
///            |--a prompt--> generating --end of turn--> over
///            '--prompts of an operation--> assigned --the last is answered--> over
///
/// Resources live in the namespace's `Shelf`, and what they are follows from the time of the
/// request. Only an answer of the model takes time of its own.
package struct GeminiRESTSession: Session {
  private enum State {
    case awaitingRequest
    case generating(Generation)
    /// What the model says goes into an operation.
    case assigned(Assignment, Shelf.Purpose)
    case over
  }

  private let options: Options
  private var state = State.awaitingRequest

  package init(settings: SessionSettings) { options = Options(settings) }

  package var deadline: Instant? {
    switch state {
    case .generating(let generation): generation.deadline
    case .assigned(let assignment, _): assignment.deadline
    case .awaitingRequest, .over: nil
    }
  }

  package mutating func receive(
    _ input: Input, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    switch (state, input) {
    case (.awaitingRequest, .opened(let request)): return open(request, at: now, in: &namespace)
    case (.generating(var generation), .direction(let action)):
      let outputs = generation.perform(action, at: now)
      state = generation.isOver ? .over : .generating(generation)
      return outputs
    case (.generating(var generation), .due):
      let outputs = generation.advance(to: now)
      state = .generating(generation)
      return outputs
    case (.assigned(var assignment, let purpose), .direction(let action)):
      let outputs = assignment.perform(action, at: now)
      return outputs + goOn(assignment, purpose, at: now, in: &namespace)
    case (.assigned(var assignment, let purpose), .due):
      let outputs = assignment.advance(to: now)
      return outputs + goOn(assignment, purpose, at: now, in: &namespace)
    case (_, .closed):
      state = .over
      return []
    // The exchange is answered: what a scenario wants besides has nowhere to go.
    case (.over, .direction), (.over, .due), (.awaitingRequest, .direction),
      (.awaitingRequest, .due):
      return []
    case (_, .opened), (_, .message): return []
    }
  }

  private mutating func open(_ request: Request, at now: Instant, in namespace: inout Namespace)
    -> [Output]
  {
    state = .over
    if request.method == "OPTIONS" { return [.respond(Preflight.response(to: request))] }
    var call: Call?
    do throws(Refusal) {
      return try answer(request, &call, at: now, in: &namespace)
    } catch {
      let notes = (call?.notes ?? []) + ["refused with \(error.httpStatus): \(error.explanation)"]
      let response = error.response(to: request, AnswerStyle(request), at: now, since: now)
      return notes.map { .explain(LogLine(.warning, $0)) } + [.respond(response)]
    }
  }

  private mutating func answer(
    _ request: Request, _ kept: inout Call?, at now: Instant, in namespace: inout Namespace
  ) throws(Refusal) -> [Output] {
    let dice = namespace.openConnection()
    try Admission.admit(request, options.settings)
    try Admission.count(request, options.settings, &namespace, at: now)
    let route = try Self.route(request)
    try Admission.requireOAuth(request, for: route, options.settings)
    let start = namespace.start
    let moment = start + .nanoseconds(now.nanoseconds)
    var call = Call(route, request, options, now: moment, dice: dice)
    defer { kept = call }
    switch route.endpoint {
    case .resource(let resource):
      let answer = try namespace[Shelf.self, default: Shelf(options, at: start)]
        .answer(resource, &call)
      tell(of: call.changedFiles, in: &namespace)
      return explain(&call, &namespace) + [
        .respond(response(answer, as: route.signature.message, to: request))
      ]
    case .content(.batch), .content(.predictLongRunning):
      let shelf = namespace[Shelf.self, default: Shelf(options, at: start)]
      let isBatch = route.endpoint == .content(.batch)
      let (items, purpose) = try isBatch ? shelf.batch(&call) : shelf.video(&call)
      state = .assigned(
        Assignment(items, as: isBatch ? .whole : .predictions, call, at: now), purpose)
      return explain(&call, &namespace)
    case .content(let content):
      let prompt = try namespace[Shelf.self, default: Shelf(options, at: start)]
        .prompt(content, &call)
      let form = Self.form(of: content, AnswerStyle(request))
      let body = AnswerBody(form, prompt: prompt, call: &call, opened: now)
      state = .generating(Generation(prompt, body, pace: options.settings.pace))
      return explain(&call, &namespace) + [
        .converse(.afterTurns(prompt.answeredTurns)), .heard(.ready), .heard(.turn(prompt.turn)),
      ]
    }
  }

  private mutating func goOn(
    _ assignment: Assignment, _ purpose: Shelf.Purpose, at now: Instant,
    in namespace: inout Namespace
  ) -> [Output] {
    guard assignment.isOver else {
      state = .assigned(assignment, purpose)
      return []
    }
    state = .over
    var call = assignment.call
    let style = AnswerStyle(call.request)
    let start = namespace.start
    do throws(Refusal) {
      let answer = try namespace[Shelf.self, default: Shelf(options, at: start)]
        .begin(assignment, for: purpose, &call)
      tell(of: call.changedFiles, in: &namespace)
      return [
        .respond(response(answer, as: call.route.signature.message, to: call.request))
      ]
    } catch {
      return [
        .explain(LogLine(.warning, "refused with \(error.httpStatus): \(error.explanation)")),
        .respond(error.response(to: call.request, style, at: now, since: now)),
      ]
    }
  }

  /// The files there are at the start, for protocols that only refer to them.
  static func furnish(_ namespace: inout Namespace, _ settings: SessionSettings) {
    let options = Options(settings)
    let shelf = Shelf(options, at: namespace.start)
    namespace.files = FileDirectory()
    namespace[Shelf.self, default: shelf] = shelf
    GeminiRESTSession(settings: settings).tell(of: shelf.files.names, in: &namespace)
  }

  private func tell(of names: [String], in namespace: inout Namespace) {
    let start = namespace.start
    for name in names {
      let file = namespace[Shelf.self, default: Shelf(options, at: start)].files[name]
      namespace.files?[name] = file?.entry(since: start)
    }
  }

  private static func route(_ request: Request) throws(Refusal) -> Route {
    switch Route.match(request) {
    case .found(let route): return route
    case .nothing, nil:
      throw Refusal(
        .notFound, "Method not found.",
        explanation: "nothing answers \(request.method) \(request.path)")
    }
  }

  private static func form(of content: Endpoint.Content, _ style: AnswerStyle)
    -> AnswerBody.Form
  {
    switch content {
    case .generate, .batch: .whole
    case .stream: style.isEventStream ? .eventStream : .array
    case .answer: .groundedAnswer
    case .predict, .predictLongRunning: .predictions
    }
  }

  private func explain(_ call: inout Call, _ namespace: inout Namespace) -> [Output] {
    let start = namespace.start
    let problems = namespace[Shelf.self, default: Shelf(options, at: start)].takeProblems()
    return (problems + call.notes).map { .explain(LogLine(.warning, $0)) }
  }

  /// `name` is that of the message.
  private func response(_ answer: Answer, as name: String, to request: Request) -> Response {
    switch answer {
    case .message(let message): .gemini(message, as: name, AnswerStyle(request), to: request)
    case .response(let response): response
    }
  }
}

extension Namespace {
  /// When the run began, by the calendar.
  fileprivate var start: Timestamp { Timestamp(nanoseconds: epoch * 1_000_000_000) }
}

/// What a browser asks before it sends a request with headers of its own (Fetch, "CORS-preflight").
enum Preflight {
  /// The service lets these through; `api-revision` is not among them (observed).
  private static let headers: Set<String> = [
    "authorization", "content-type", "x-goog-api-client", "x-goog-api-key", "x-goog-user-project",
    "x-goog-upload-command", "x-goog-upload-file-name", "x-goog-upload-header-content-length",
    "x-goog-upload-header-content-type", "x-goog-upload-offset", "x-goog-upload-protocol",
    "x-server-timeout",
  ]

  static func response(to request: Request) -> Response {
    let asked = (request.header("Access-Control-Request-Headers") ?? "").split(separator: ",")
      .map { $0.trimmingSpaces().lowercased() }
    var response = Response(
      status: 200,
      headers: AnswerStyle.headers(
        contentType: "text/html", milliseconds: 0, for: request))
    response.headers += [
      Header("Access-Control-Allow-Methods", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"),
      Header(
        "Access-Control-Allow-Headers",
        asked.filter(headers.contains).joined(separator: ",")),
      Header("Access-Control-Max-Age", "3600"),
    ]
    return response
  }
}
