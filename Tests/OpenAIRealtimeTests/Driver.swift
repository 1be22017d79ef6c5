import Conversation
import JSON
import OpenAIRealtime
import VirtualTime
import Wire

/// A client and a scenario on paper: it feeds a session, answers what it asks for, and lets virtual
/// time pass.
struct Driver {
  var session: OpenAIRealtimeSession
  var namespace = Namespace(seed: 1, epoch: 1_790_000_000)
  var now = Instant.start
  /// Each answer the model gives, as directions; `.endTurn` is added.
  var answers: [[ServerAction]]
  /// What the user's speech says.
  var transcript: String? {
    get { if case .heard(let text) = transcription { text } else { nil } }
    set { transcription = .heard(newValue) }
  }
  /// What the recogniser makes of it.
  var transcription = Transcription.heard("Hello?")
  private(set) var outputs: [Output] = []
  private var directions: [ServerAction] = []
  /// Answers to turns that came while another was answered.
  private var waiting: [[ServerAction]] = []
  private var isBusy = false
  private var order = OrderChecker()

  static let request = Request(
    target: "/v1/realtime?model=gpt-realtime", headers: [Header("Authorization", "Bearer k")])

  init(
    pace: Pace = .service, _ request: Request = Driver.request, answers: [[ServerAction]] = [],
    options: [String: SettingValue] = [:], documents: [String: JSONValue] = [:],
    isStrict: Bool = true, models: [String]? = nil, keys: [String]? = nil,
    expiredKeys: [String] = []
  ) {
    var settings = SessionSettings(
      pace: pace, isStrict: isStrict, models: models, keys: keys, options: options,
      documents: documents)
    settings.expiredKeys = expiredKeys
    session = OpenAIRealtimeSession(settings: settings)
    self.answers = answers
    take(.opened(request))
  }

  /// Server events so far.
  var events: [JSONValue] {
    outputs.compactMap { if case .send(let message) = $0 { message.json } else { nil } }
  }

  var types: [String] { events.compactMap { $0["type"]?.string } }

  /// What the log says.
  var explanations: [String] {
    outputs.compactMap { if case .explain(let line) = $0 { line.text } else { nil } }
  }

  var closing: Output? {
    outputs.first { if case .close = $0 { true } else { false } }
  }

  /// The last event of a type.
  func last(_ type: String) -> JSONValue? { events(type).last }

  var heard: [ClientEvent] {
    outputs.compactMap { if case .heard(let event) = $0 { event } else { nil } }
  }

  func events(_ type: String) -> [JSONValue] { events.filter { $0["type"]?.string == type } }

  /// Forgets what came so far.
  mutating func forget() { outputs = [] }

  mutating func send(_ event: JSONValue) {
    take(.message(Message(received: event.encoded, as: .text)))
  }

  mutating func send(text: String, as opcode: Opcode = .text) {
    take(.message(Message(received: Array(text.utf8), as: opcode)))
  }

  mutating func direct(_ action: ServerAction) { take(.direction(action)) }

  mutating func close() { take(.closed(.normal, "")) }

  /// Lets time pass until nothing is due for a minute: the end of the session is far away.
  mutating func run() {
    while let due = session.deadline, due - now < .seconds(60) {
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

  private mutating func take(_ input: Input) {
    var inputs = [input]
    while !inputs.isEmpty {
      let outputs = session.receive(inputs.removeFirst(), at: now, in: &namespace)
      self.outputs += outputs
      for output in outputs {
        if case .send(let message) = output, let event = message.json { order.check(event) }
      }
      for output in outputs { if let next = answer(to: output) { inputs.append(next) } }
    }
  }

  /// The next direction: of the turn under way, or of the one that waits.
  private mutating func next() -> Input? {
    if directions.isEmpty, !waiting.isEmpty { directions = waiting.removeFirst() }
    isBusy = !directions.isEmpty
    return isBusy ? .direction(directions.removeFirst()) : nil
  }

  /// How a turn ends that says nothing of its end: after calls it waits for their results.
  private static func ending(_ last: ServerAction?) -> [ServerAction] {
    switch last {
    case .call: [.awaitResults]
    case .endTurn, .fail: []
    default: [.endTurn(TurnEnd())]
    }
  }

  private mutating func answer(to output: Output) -> Input? {
    switch output {
    case .heard(.spoke): return .direction(.transcribe(transcription))
    case .heard(.turn):
      var answer = answers.isEmpty ? [] : answers.removeFirst()
      answer += Self.ending(answer.last)
      waiting.append(answer)
      return isBusy ? nil : next()
    case .heard(.interrupted):
      directions = []
      return next()
    case .performed: return next()
    case .heard(.ready), .upgrade, .respond, .begin, .stream, .finish, .converse,
      .remember, .send,
      .close, .explain:
      return nil
    }
  }
}

/// 24 kHz PCM as base64: a square wave of `peak`, or silence.
func audio(_ milliseconds: Int, peak: Int16 = 8000) -> JSONValue {
  let bytes = (0..<(24 * milliseconds)).flatMap { index -> [UInt8] in
    let sample = UInt16(bitPattern: index / 40 % 2 == 0 ? peak : -peak)
    return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
  }
  return .shared(SharedText(base64: bytes[...]))
}

func append(_ audio: JSONValue) -> JSONValue {
  ["type": "input_audio_buffer.append", "audio": audio]
}
