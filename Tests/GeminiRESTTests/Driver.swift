import Conversation
import GeminiREST
import JSON
import VirtualTime
import Wire

/// A client and a scenario on paper: it sends requests one after another over one namespace, answers
/// what the sessions ask for, and lets virtual time pass.
struct Driver {
  var namespace = Namespace(seed: 1, epoch: 1_790_000_000)
  var now = Instant.start
  var settings: SessionSettings
  /// Each answer the model gives, as directions; `.endTurn` is added where none ends the turn.
  var answers: [[ServerAction]]
  /// What the last exchange decided.
  private(set) var outputs: [Output] = []
  /// When each output of the last exchange came.
  private(set) var times: [Instant] = []
  private var directions: [ServerAction] = []

  init(_ settings: SessionSettings = SessionSettings(), answers: [[ServerAction]] = []) {
    self.settings = settings
    self.answers = answers
  }

  init(documents: [String: JSONValue], options: [String: SettingValue] = [:]) {
    self.init(SessionSettings(options: options, documents: documents))
  }

  /// What came back, head and body in one.
  struct Reply {
    let status: Int
    let headers: [Header]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .string("no JSON: \(text)") }
    subscript(name: String) -> JSONValue? { json[name] }
    var error: JSONValue? { json["error"] }
    var message: String? { error?["message"]?.string }

    func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The events of a stream of them.
    var events: [JSONValue] {
      text.split(separator: "\r\n\r\n").compactMap {
        $0.hasPrefix("data: ") ? try? JSONValue(parsing: String($0.dropFirst(6))) : nil
      }
    }
  }

  var heard: [ClientEvent] {
    outputs.compactMap { if case .heard(let event) = $0 { event } else { nil } }
  }

  var explanations: [String] {
    outputs.compactMap { if case .explain(let line) = $0 { line.text } else { nil } }
  }

  static let key = Header("x-goog-api-key", "k")

  /// One exchange from its request to its end.
  @discardableResult mutating func send(
    _ method: String, _ target: String, _ body: String = "", headers: [Header] = [Driver.key]
  ) -> Reply {
    send(
      Request(method: method, target: target, headers: headers, body: Array(body.utf8)))
  }

  @discardableResult mutating func send(_ request: Request) -> Reply {
    outputs = []
    times = []
    directions = []
    var session = GeminiRESTSession(settings: settings)
    take(.opened(request), &session)
    while let due = session.deadline {
      now = max(now, due)
      take(.due, &session)
    }
    take(.closed(nil, ""), &session)
    return reply
  }

  /// A prompt of one text, and the answer.
  @discardableResult mutating func ask(
    _ text: String = "Hi", _ verb: String = "generateContent", model: String = "models/gemini-x",
    with fields: JSONObject = [:], query: String = ""
  ) -> Reply {
    var body: JSONObject = ["contents": [["role": "user", "parts": [["text": .string(text)]]]]]
    for member in fields.members { body[member.name] = member.value }
    return send("POST", "/v1beta/\(model):\(verb)\(query)", JSONValue.object(body).description)
  }

  mutating func pass(_ duration: Duration) { now = now + duration }

  private var reply: Reply {
    var head = Response(status: 0)
    var body: [UInt8] = []
    for output in outputs {
      switch output {
      case .respond(let response), .begin(let response):
        head = response
        body += response.body
      case .stream(let payload): body += payload.bytes
      case .upgrade, .finish, .send, .close, .converse, .remember, .heard, .performed, .explain:
        break
      }
    }
    return Reply(status: head.status, headers: head.headers, body: body)
  }

  private mutating func take(_ input: Input, _ session: inout GeminiRESTSession) {
    var inputs = [input]
    while !inputs.isEmpty {
      let outputs = session.receive(inputs.removeFirst(), at: now, in: &namespace)
      self.outputs += outputs
      times += outputs.map { _ in now }
      for output in outputs { if let next = answer(to: output) { inputs.append(next) } }
    }
  }

  private mutating func answer(to output: Output) -> Input? {
    switch output {
    case .heard(.turn):
      directions = answers.isEmpty ? [] : answers.removeFirst()
      if !directions.contains(where: \.endsTurn) { directions.append(.endTurn(TurnEnd())) }
      return .direction(directions.removeFirst())
    case .performed: return directions.isEmpty ? nil : .direction(directions.removeFirst())
    case .heard, .upgrade, .respond, .begin, .stream, .finish, .converse, .remember, .send,
      .close, .explain:
      return nil
    }
  }
}

extension ServerAction {
  fileprivate var endsTurn: Bool {
    switch self {
    case .endTurn, .awaitResults, .fail, .hangUp: true
    case .transcribe, .say, .think, .call, .cancelCalls, .execute, .show, .interrupt, .goAway,
      .send:
      false
    }
  }

  static func say(_ text: String) -> ServerAction { .say(Speech(text: text)) }
}
