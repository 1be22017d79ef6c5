import Audio
import Conversation
import JSON
import VirtualTime
import Wire

/// A protocol without rules of its own: what the client sends is a `ClientEvent`, and every
/// direction becomes one message. Saying something takes a second.
struct PlainSession: Session {
  static let wireProtocol = WireProtocol(
    name: "plain", accepts: { $0.path == "/plain" },
    credential: { $0.header("key") }, model: { $0.query("model") },
    abilities: Set(Ability.allCases),
    options: [
      Setting("mode", .word(["loud", "quiet"]), "How it speaks; 'loud' without it."),
      Setting("limit", .integer(1...10), "How much; 3 without it."),
    ],
    clientMessages: ["turn", "results", "interrupt", "spoke", "hello", "resume"],
    kind: { $0.object?.names.first },
    guidance: Guidance(endpoints: ["GET /plain"], awaits: ["tool_result": "send 'results'"]),
    open: { PlainSession(settings: $0) })

  let settings: SessionSettings
  private(set) var deadline: Instant?

  mutating func receive(_ input: Input, at now: Instant, in namespace: inout Namespace) -> [Output]
  {
    switch input {
    case .opened(let request):
      if request.asksForWebSocket {
        let resumed = request.query("handle").map { [Output.converse(.following($0))] } ?? []
        return [.upgrade(subprotocol: nil)] + resumed + [.heard(.ready)]
      }
      return exchange(request)
    case .message(let message): return hear(message.json ?? .null)
    case .due:
      deadline = nil
      return [.performed]
    case .direction(let action): return perform(action, at: now)
    case .closed: return []
    }
  }

  private func hear(_ message: JSONValue) -> [Output] {
    if let text = message["turn"] { return [.heard(.turn(UserTurn(text: text.string)))] }
    if let seconds = message["spoke"]?.double {
      return [
        .heard(.spoke(.seconds(seconds))), .heard(.turn(UserTurn(speech: .seconds(seconds)))),
      ]
    }
    if let results = message["results"]?.array {
      let all = results.map {
        ToolResult(
          id: $0["id"]?.string ?? "", name: $0["name"]?.string, output: $0["output"] ?? .null)
      }
      return [.heard(.turn(UserTurn(results: all)))]
    }
    return message["interrupt"] == nil ? [] : [.heard(.interrupted)]
  }

  /// `POST /plain` with `{"turn": text, "after": name or number}`.
  private func exchange(_ request: Request) -> [Output] {
    let body = (try? JSONValue(parsing: request.body)) ?? .null
    let thread: ConversationThread =
      if let name = body["after"]?.string {
        .following(name)
      } else if let turns = body["after"]?
        .integer
      { .afterTurns(turns) } else { .new }
    return [
      .begin(Response(status: 200)), .converse(thread), .heard(.ready),
      .heard(.turn(UserTurn(text: body["turn"]?.string))),
    ] + (body["as"]?.string.map { [.remember($0)] } ?? [])
  }

  private mutating func perform(_ action: ServerAction, at now: Instant) -> [Output] {
    let (word, value): (String, JSONValue) =
      switch action {
      case .transcribe(.heard(let text)): ("heard", .optional(text))
      case .transcribe(.failed(let failure)): ("unheard", .optional(failure.code))
      case .say(let speech): ("say", .optional(speech.text))
      case .think(let text): ("think", .string(text))
      case .call(let calls):
        (
          "call",
          .array(
            calls.map {
              ["name": .string($0.name), "args": .object($0.arguments), "id": .optional($0.id)]
            })
        )
      case .cancelCalls(let ids): ("cancel", .array(ids.map { .string($0) }))
      case .execute(let code): ("execute", .string("\(code.code) -> \(code.output)"))
      case .show(let picture): ("show", .string(picture.mimeType))
      case .awaitResults: ("awaitResults", true)
      case .endTurn(let end): ("end", .string("\(end.outcome)"))
      case .interrupt: ("interrupt", true)
      case .fail(let failure): ("fail", .optional(failure.code))
      case .goAway(let time): ("goAway", .int(time.milliseconds))
      case .send(let message): ("send", message.json ?? .null)
      case .hangUp: ("hangUp", true)
      }
    let message = Output.send(.json(.object(JSONObject([JSONMember(name: word, value: value)]))))
    switch action {
    case .hangUp(let code, let reason): return [.close(code, reason)]
    case .transcribe: return [message]
    case .say:
      deadline = now + settings.pace.latency(.seconds(1))
      return [message]
    case .interrupt: return [message, .heard(.interrupted)]
    case .think, .call, .cancelCalls, .execute, .show, .awaitResults, .endTurn, .fail, .goAway,
      .send:
      return [message, .performed]
    }
  }
}
