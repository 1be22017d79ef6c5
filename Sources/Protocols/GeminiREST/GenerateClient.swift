import Conversation
import JSON
import Wire

/// A client on paper: it calls `generateContent` with the history of its conversation, and answers
/// calls with what it is told.
struct GenerateClient: ScriptedClient {
  private let key: String
  private var tools: [String] = []
  private var history: [JSONValue] = []
  private var calls: [String] = []

  init(key: String) { self.key = key }

  mutating func open() -> Request? { nil }

  mutating func receive(_ message: JSONValue) {
    guard let content = message["candidates"]?.array?.first?["content"] else { return }
    history.append(content)
    calls = (content["parts"]?.array ?? []).compactMap { $0["functionCall"]?["name"]?.string }
  }

  mutating func act(_ need: ClientNeed) -> [ClientMove] {
    switch need {
    case .setUp(let tools):
      self.tools = tools
      return []
    case .turn(let text, _): return [request([["text": .string(text)]])]
    case .toolResults(let output):
      let parts = calls.map { name -> JSONValue in
        ["functionResponse": ["name": .string(name), "response": output]]
      }
      calls = []
      return [request(parts)]
    case .interruption, .message: return []
    }
  }

  private mutating func request(_ parts: [JSONValue]) -> ClientMove {
    history.append(["role": "user", "parts": .array(parts)])
    var body: JSONObject = ["contents": .array(history)]
    if !tools.isEmpty {
      body["tools"] = [["functionDeclarations": .array(tools.map { ["name": .string($0)] })]]
    }
    return .request(
      Request(
        method: "POST", target: "/v1beta/models/gemini-3.8-flash:generateContent",
        headers: [Header("x-goog-api-key", key), Header("Content-Type", "application/json")],
        body: JSONValue.object(body).encoded))
  }
}
