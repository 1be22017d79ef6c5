import Conversation
import GeminiLive
import JSON
import VirtualTime
import Wire

/// A client and a scenario on paper: it feeds a session, answers what it asks for, and lets virtual
/// time pass.
struct Driver {
  var session: GeminiLiveSession
  var namespace = Namespace(seed: 1, epoch: 1_790_000_000)
  var now = Instant.start
  /// Each answer the model gives, as directions; `.endTurn` is added.
  var answers: [[ServerAction]]
  /// What the user's speech says.
  var transcript: String? = "Hello?" {
    didSet { transcription = .heard(transcript) }
  }
  var transcription = Transcription.heard("Hello?")
  private(set) var outputs: [Output] = []
  private var directions: [ServerAction] = []

  static let path = "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent"
  static let request = Request(target: path, headers: [Header("x-goog-api-key", "k")])

  init(
    pace: Pace = .service, _ request: Request = Driver.request, answers: [[ServerAction]] = [],
    settings: SessionSettings? = nil, namespace: Namespace? = nil, at now: Instant = .start
  ) {
    session = GeminiLiveSession(settings: settings ?? SessionSettings(pace: pace))
    self.answers = answers
    self.now = now
    if let namespace { self.namespace = namespace }
    take(.opened(request))
  }

  /// A driver whose session is set up; the frames of that are forgotten.
  static func ready(
    _ setup: JSONObject = [:], model: String = "models/gemini-3.8-live", pace: Pace = .service,
    answers: [[ServerAction]] = [], settings: SessionSettings? = nil,
    _ request: Request = Driver.request
  ) -> Driver {
    var driver = Driver(pace: pace, request, answers: answers, settings: settings)
    driver.setUp(setup, model: model)
    driver.forget()
    return driver
  }

  mutating func setUp(_ setup: JSONObject = [:], model: String = "models/gemini-3.8-live") {
    var setup = setup
    setup["model"] = .string(model)
    send(["setup": .object(setup)])
    run()
  }

  /// Another connection of the same key, a moment later.
  func reconnected(_ request: Request = Driver.request, settings: SessionSettings? = nil) -> Driver
  {
    Driver(request, settings: settings, namespace: namespace, at: now)
  }

  var frames: [JSONValue] {
    outputs.compactMap { if case .send(let message) = $0 { message.json } else { nil } }
  }

  var heard: [ClientEvent] {
    outputs.compactMap { if case .heard(let event) = $0 { event } else { nil } }
  }

  /// What the log says.
  var explanations: [String] {
    outputs.compactMap { if case .explain(let line) = $0 { line.text } else { nil } }
  }

  var closes: [Output] { outputs.filter { if case .close = $0 { true } else { false } } }

  /// The audio of all frames.
  var audio: [UInt8] {
    frames.flatMap { frame -> [UInt8] in
      let part = frame["serverContent"]?["modelTurn"]?["parts"]?.array?.first
      return part?["inlineData"]?["data"]?.string.flatMap { Base64.decode($0) } ?? []
    }
  }

  /// Forgets what came so far.
  mutating func forget() { outputs = [] }

  mutating func send(_ message: JSONValue) { send(text: message.description) }

  mutating func send(text: String, as opcode: Opcode = .text) {
    take(.message(Message(received: Array(text.utf8), as: opcode)))
  }

  mutating func send(bytes: [UInt8]) {
    take(.message(Message(received: bytes, as: .text)))
  }

  mutating func hear(_ milliseconds: Int, peak: Int16 = 8000) {
    send(["realtimeInput": ["audio": .object(Self.blob(milliseconds, peak: peak))]])
  }

  mutating func direct(_ action: ServerAction) { take(.direction(action)) }

  mutating func close() { take(.closed(.normal, "")) }

  /// Lets time pass until nothing is due soon; the limits of a connection are minutes away.
  mutating func run() {
    while let due = session.deadline, due <= now + .seconds(100) {
      now = max(now, due)
      take(.due)
    }
  }

  /// Lets time pass until `limit`.
  mutating func run(until limit: Instant) {
    while let due = session.deadline, due <= limit {
      now = max(now, due)
      take(.due)
    }
    now = limit
  }

  mutating func run(for duration: Duration) { run(until: now + duration) }

  /// 16 kHz PCM: a square wave of `peak`, or silence.
  static func blob(_ milliseconds: Int, peak: Int16 = 8000) -> JSONObject {
    let bytes = (0..<(16 * milliseconds)).flatMap { index -> [UInt8] in
      let sample = UInt16(bitPattern: index / 20 % 2 == 0 ? peak : -peak)
      return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
    }
    return ["mimeType": "audio/pcm;rate=16000", "data": .shared(SharedText(base64: bytes[...]))]
  }

  private mutating func take(_ input: Input) {
    var inputs = [input]
    while !inputs.isEmpty {
      let outputs = session.receive(inputs.removeFirst(), at: now, in: &namespace)
      self.outputs += outputs
      for output in outputs { if let next = answer(to: output) { inputs.append(next) } }
    }
  }

  private mutating func answer(to output: Output) -> Input? {
    switch output {
    case .heard(.spoke): return .direction(.transcribe(transcription))
    case .heard(.turn):
      directions = answers.isEmpty ? [] : answers.removeFirst()
      if !Self.ends(directions.last) { directions.append(.endTurn(TurnEnd())) }
      return .direction(directions.removeFirst())
    case .heard(.interrupted):
      directions = []
      return nil
    case .performed: return directions.isEmpty ? nil : .direction(directions.removeFirst())
    case .heard(.ready), .upgrade, .respond, .begin, .stream, .finish, .converse,
      .remember, .send,
      .close, .explain:
      return nil
    }
  }

  /// Whether a turn is over with `action`.
  private static func ends(_ action: ServerAction?) -> Bool {
    switch action {
    case .awaitResults, .endTurn, .interrupt, .fail, .hangUp: true
    case .transcribe, .say, .think, .call, .cancelCalls, .execute, .show, .goAway, .send, nil:
      false
    }
  }
}
