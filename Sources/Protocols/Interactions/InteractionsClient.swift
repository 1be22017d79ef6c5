import Conversation
import JSON
import Wire

/// A client on paper: it asks for a stream, goes on by the identifier it got, and answers calls
/// with what it is told.
struct InteractionsClient: ScriptedClient {
  private let key: String
  private var tools: [String] = []
  private var previous: String?
  private var calls: [(id: String, name: String)] = []

  init(key: String) { self.key = key }

  mutating func open() -> Request? { nil }

  mutating func receive(_ message: JSONValue) {
    if let id = message["interaction"]?["id"]?.string { previous = id }
    guard let step = message["step"], step["type"] == "function_call",
      let id = step["id"]?.string, let name = step["name"]?.string
    else { return }
    calls.append((id, name))
  }

  mutating func act(_ need: ClientNeed) -> [ClientMove] {
    switch need {
    case .setUp(let tools):
      self.tools = tools
      return []
    case .turn(let text, _): return [request(input: .string(text))]
    case .toolResults(let output):
      let results = calls.map { call -> JSONValue in
        [
          "type": "function_result", "call_id": .string(call.id), "name": .string(call.name),
          "result": output,
        ]
      }
      calls = []
      return [request(input: .array(results))]
    case .interruption, .message: return []
    }
  }

  private func request(input: JSONValue) -> ClientMove {
    var body: JSONObject = ["model": "gemini-3.8-flash", "input": input, "stream": true]
    if let previous { body["previous_interaction_id"] = .string(previous) }
    if !tools.isEmpty {
      body["tools"] = .array(tools.map { ["type": "function", "name": .string($0)] })
    }
    return .request(
      Request(
        method: "POST", target: "/v1beta/interactions",
        headers: [Header("x-goog-api-key", key), Header("Content-Type", "application/json")],
        body: JSONValue.object(body).encoded))
  }
}
