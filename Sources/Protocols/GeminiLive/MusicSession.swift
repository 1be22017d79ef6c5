import Conversation
import JSON
import VirtualTime
import Wire

/// The server side of one `BidiGenerateMusic` connection (Lyria RealTime).
///
///     connecting --opened--> awaiting setup --setup--> live --close or closed--> over
///
/// The music is what the scenario says when the client plays; see `MusicStream`.
struct MusicSession: Session {
  private enum Stage: Sendable {
    case connecting
    case awaitingSetup
    case live
    case over
  }

  private let options: LiveOptions
  private var stage = Stage.connecting
  private var scrutiny: Scrutiny
  private var setupDue: Instant?
  private var stream: MusicStream
  private var outbox: [Output] = []

  /// Enough frames to keep a socket busy; each is large.
  private static let stepsMax = 8

  init(settings: SessionSettings) {
    options = LiveOptions(settings)
    scrutiny = Scrutiny(isStrict: settings.isStrict)
    stream = MusicStream(pace: settings.pace)
  }

  var deadline: Instant? {
    switch stage {
    case .connecting, .awaitingSetup, .over: nil
    case .live: setupDue ?? stream.due
    }
  }

  mutating func receive(_ input: Input, at now: Instant, in namespace: inout Namespace)
    -> [Output]
  {
    do throws(Refused) {
      switch (stage, input) {
      case (.connecting, .opened(let request)):
        _ = namespace.openConnection()
        stage = .awaitingSetup
        outbox.append(.upgrade(subprotocol: nil))
        let endpoint = Endpoint(path: request.path) ?? .standard
        _ = try Admission.check(request, at: endpoint, options, &scrutiny)
      case (.awaitingSetup, .message(let message)): try setUp(message, at: now)
      case (.live, .message(let message)):
        completeSetup()
        try take(message, at: now)
      case (.live, .due): advance(to: now)
      case (.live, .direction(let action)): try perform(action, at: now)
      case (_, .closed): stage = .over
      case (.connecting, .message), (.connecting, .due), (.connecting, .direction),
        (.awaitingSetup, .opened), (.awaitingSetup, .due), (.awaitingSetup, .direction),
        (.live, .opened), (.over, .opened), (.over, .message), (.over, .due),
        (.over, .direction):
        break
      }
    } catch {
      stage = .over
      outbox.append(.explain(LogLine(.warning, "refused: \(error.explanation)")))
      outbox.append(.close(error.code, error.reason.cutToCloseReason))
    }
    return drain()
  }

  private mutating func setUp(_ message: Message, at now: Instant) throws(Refused) {
    let fields = try ProtoReader.read(message, as: "MusicMessage", &scrutiny)
    guard let setup = fields["setup"]?.object, fields.members.count == 1 else {
      throw .invalidArgument("the first message must be 'setup'")
    }
    guard let model = setup["model"]?.string, !model.isEmpty else {
      throw .invalidArgument("'setup.model' is missing")
    }
    stage = .live
    setupDue = now + options.settings.pace.latency(Latencies.setup)
    advance(to: now)
  }

  private mutating func completeSetup() {
    guard setupDue != nil else { return }
    setupDue = nil
    send(["setupComplete": [:]])
    outbox.append(.heard(.ready))
  }

  private mutating func advance(to now: Instant) {
    if let setupDue, setupDue <= now { completeSetup() }
    var steps = 0
    while setupDue == nil, let due = stream.due, due <= now, steps < Self.stepsMax {
      steps += 1
      if let chunk = stream.next(at: due) {
        send(["serverContent": ["audioChunks": [chunk]]])
      }
      reportPerformed()
    }
  }

  /// A clip that was played through, or is not played any more, is said.
  private mutating func reportPerformed() {
    if stream.takePerformed() { outbox.append(.performed) }
  }

  private mutating func take(_ message: Message, at now: Instant) throws(Refused) {
    let fields = try ProtoReader.read(message, as: "MusicMessage", &scrutiny)
    for field in fields.members {
      switch field.name {
      case "setup":
        try scrutiny.require(
          false, or: .invalidArgument("'setup' may be sent only once, as the first message"))
      case "clientContent": try setPrompts(field.value["weightedPrompts"]?.array ?? [])
      case "musicGenerationConfig": try configure(field.value.object ?? [:])
      case "playbackControl": control(field.value.string ?? "", at: now)
      default: break
      }
    }
    advance(to: now)
  }

  /// Lyria RealTime guide, "Steer music": any weight but zero.
  private mutating func setPrompts(_ prompts: [JSONValue]) throws(Refused) {
    for prompt in prompts {
      try scrutiny.require(
        prompt["text"]?.string?.isEmpty == false && (prompt["weight"]?.double ?? 1) != 0,
        or: .invalidArgument("a weighted prompt needs a text, and a weight that is not 0"))
    }
    stream.prompts = prompts
    if stream.isPlaying { ask() }
  }

  /// What is not set is as at the beginning (Lyria RealTime guide, "Update the configuration").
  private mutating func configure(_ configuration: JSONObject) throws(Refused) {
    let ranges: [(String, ClosedRange<Double>)] = [
      ("temperature", 0...3), ("topK", 1...1000), ("guidance", 0...6), ("bpm", 60...200),
      ("density", 0...1), ("brightness", 0...1),
    ]
    for (name, range) in ranges {
      guard let value = configuration[name]?.double else { continue }
      try scrutiny.require(
        range.contains(value),
        or: .invalidArgument("'musicGenerationConfig.\(name)' is \(value), out of range"))
    }
    stream.configuration = configuration
  }

  private mutating func control(_ word: String, at now: Instant) {
    switch word {
    case "PLAY":
      if stream.prompts.isEmpty { scrutiny.warn("PLAY without any weighted prompt") }
      if stream.play(at: now) { ask() }
    case "PAUSE": stream.pause()
    case "STOP": if stream.stop() { outbox.append(.heard(.interrupted)) }
    case "RESET_CONTEXT": stream.rewind()
    default: scrutiny.warn("playbackControl '\(word)' does nothing")
    }
  }

  private mutating func ask() {
    let texts = stream.prompts.compactMap { $0["text"]?.string }
    outbox.append(
      .heard(.turn(UserTurn(text: texts.isEmpty ? nil : texts.joined(separator: ", ")))))
  }

  private mutating func perform(_ action: ServerAction, at now: Instant) throws(Refused) {
    switch action {
    case .say(let speech): stream.change(to: speech, at: now)
    case .fail(let failure): throw Refused(failure)
    case .send(let message): outbox += [.send(message), .performed]
    case .hangUp(let code, let reason):
      stage = .over
      outbox.append(.close(code, reason.cutToCloseReason))
    case .transcribe: break
    case .awaitResults, .endTurn: outbox.append(.performed)
    case .think, .call, .cancelCalls, .execute, .show, .interrupt, .goAway:
      scrutiny.warn("this protocol has only music: a step was passed over")
      outbox.append(.performed)
    }
    reportPerformed()
    advance(to: now)
  }

  private mutating func send(_ message: JSONValue) {
    outbox.append(.send(.json(message, as: options.opcode)))
  }

  private mutating func drain() -> [Output] {
    defer { outbox = [] }
    return outbox + scrutiny.drain().map { .explain(LogLine(.warning, $0)) }
  }
}
