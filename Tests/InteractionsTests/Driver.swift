import Conversation
import Interactions
import JSON
import VirtualTime
import Wire

/// A client and a scenario on paper: exchanges that share a namespace and a virtual clock.
struct Driver {
  var namespace = Namespace(seed: 1, epoch: 1_790_000_000)
  var now = Instant.start
  private let settings: SessionSettings
  private(set) var exchanges: [Exchange] = []

  init(_ settings: SessionSettings = SessionSettings(pace: .fast)) { self.settings = settings }

  init(pace: Pace, options: [String: SettingValue] = [:]) {
    settings = SessionSettings(pace: pace, options: options)
  }

  /// Begins with this shelf, whose bounds are not the usual ones.
  mutating func keep(_ shelf: InteractionsShelf) {
    namespace[InteractionsShelf.self, default: shelf] = shelf
  }

  static let key = Header("x-goog-api-key", "k")

  /// A create whose answer is `answer`; the scenario ends the turn behind it.
  @discardableResult
  mutating func create(
    _ body: JSONValue, headers: [Header] = [key], _ answer: [ServerAction] = [],
    ending: [ServerAction] = [.endTurn(TurnEnd())]
  ) -> Int {
    open(
      Request(
        method: "POST", target: "/v1/interactions", headers: headers, body: body.encoded),
      answer + ending)
  }

  @discardableResult
  mutating func get(_ id: String, _ query: String = "?stream=false") -> Int {
    open(Request(target: "/v1beta/interactions/\(id)\(query)", headers: [Self.key]))
  }

  @discardableResult
  mutating func request(_ method: String, _ path: String, headers: [Header] = [key]) -> Int {
    open(Request(method: method, target: path, headers: headers))
  }

  mutating func open(_ request: Request, _ directions: [ServerAction] = []) -> Int {
    exchanges.append(Exchange(InteractionsSession(settings: settings), directions))
    let number = exchanges.count - 1
    exchanges[number].take(.opened(request), at: now, in: &namespace)
    return number
  }

  /// The client of an exchange goes away.
  mutating func leave(_ number: Int) {
    exchanges[number].take(.closed(nil, ""), at: now, in: &namespace)
  }

  /// A direction that comes ahead of time, as the rest of an answer does whose exchange is over.
  mutating func tell(_ action: ServerAction, to number: Int, after wait: Duration) {
    exchanges[number].take(.direction(action), at: now + wait, in: &namespace)
  }

  /// Lets time pass until nothing is due any more, or until `limit`.
  mutating func run(until limit: Instant = Instant(nanoseconds: .max)) {
    while let next = exchanges.indices.filter({ exchanges[$0].session.deadline != nil }).min(by: {
      exchanges[$0].session.deadline ?? now < exchanges[$1].session.deadline ?? now
    }), let due = exchanges[next].session.deadline, due <= limit {
      now = max(now, due)
      exchanges[next].take(.due, at: now, in: &namespace)
    }
    if limit < Instant(nanoseconds: .max) { now = limit }
  }

  /// The answer to an exchange once nothing is due any more.
  mutating func json(_ number: Int) -> JSONValue {
    run()
    return exchanges[number].json
  }
}

/// One exchange: what the session was told, and what it said.
struct Exchange {
  var session: InteractionsSession
  private var directions: [ServerAction]
  private(set) var outputs: [Output] = []

  init(_ session: InteractionsSession, _ directions: [ServerAction]) {
    self.session = session
    self.directions = directions
  }

  mutating func take(_ input: Input, at now: Instant, in namespace: inout Namespace) {
    var inputs = [input]
    while !inputs.isEmpty {
      for output in session.receive(inputs.removeFirst(), at: now, in: &namespace) {
        outputs.append(output)
        switch output {
        case .heard(.turn), .performed:
          if !directions.isEmpty { inputs.append(.direction(directions.removeFirst())) }
        case .heard(.ready), .heard(.spoke), .heard(.interrupted), .upgrade,
          .respond, .begin,
          .stream, .finish, .converse, .remember, .send, .close, .explain:
          break
        }
      }
    }
  }

  var response: Response? {
    for output in outputs {
      if case .respond(let response) = output { return response }
      if case .begin(let response) = output { return response }
    }
    return nil
  }

  /// The body of a whole answer.
  var json: JSONValue { response.flatMap { try? JSONValue(parsing: $0.body) } ?? .null }
  var status: Int? { response?.status }
  var isFinished: Bool { outputs.contains(.finish) }

  /// The bytes of a stream.
  var stream: String {
    String(
      decoding: outputs.flatMap { output -> [UInt8] in
        if case .stream(let payload) = output { payload.bytes } else { [] }
      }, as: UTF8.self)
  }

  /// The data of the events of a stream, without the one that ends it.
  var events: [JSONValue] {
    stream.split(separator: "\n").filter { $0.hasPrefix("data: {") }.compactMap {
      try? JSONValue(parsing: String($0.dropFirst("data: ".count)))
    }
  }

  var types: [String] { events.compactMap { $0["event_type"]?.string } }

  /// The types with runs of the same delta made one.
  var shape: [String] {
    types.reduce(into: []) { if $0.last != $1 || !$1.hasSuffix("delta") { $0.append($1) } }
  }

  var thread: ConversationThread? {
    for output in outputs { if case .converse(let thread) = output { return thread } }
    return nil
  }

  var turn: UserTurn? {
    for output in outputs { if case .heard(.turn(let turn)) = output { return turn } }
    return nil
  }

  var remembered: [String] {
    outputs.compactMap { if case .remember(let id) = $0 { id } else { nil } }
  }

  var warnings: [String] {
    outputs.compactMap {
      if case .explain(let line) = $0, line.level == .warning { line.text } else { nil }
    }
  }
}

func say(_ text: String) -> ServerAction { .say(Speech(text: text)) }

func call(_ name: String, _ arguments: JSONObject, id: String? = nil) -> ServerAction {
  .call([ToolCall(name: name, arguments: arguments, id: id)])
}

let model: JSONValue = "gemini-3-flash-preview"
let weather: JSONValue = [
  ["type": "function", "name": "get_weather", "parameters": ["type": "object"]]
]
