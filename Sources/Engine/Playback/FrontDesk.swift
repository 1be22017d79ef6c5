import Conversation
import Diagnostics
import JSON
import Scenarios
import Wire

/// Answers plain HTTP requests that neither a protocol nor a route takes.
struct FrontDesk {
  let protocols: [WireProtocol]
  let repertoire: Repertoire

  func response(to request: Request) -> Response {
    if request.asksForWebSocket { return notFound(request) }
    if request.path == "/" || request.path == "/mockgem" { return about }
    if request.pathWords.first == ControlRequest.root { return ControlRequest.unknown(request) }
    let upgrade = Request(
      target: request.target, headers: request.headers + [Header("Upgrade", "websocket")])
    if protocols.contains(where: { $0.accepts(upgrade) }) { return upgradeRequired(request) }
    return notFound(request)
  }

  /// No scenario has the name the client asks for.
  func unknownScenario(_ name: String) -> Response {
    let names = repertoire.scripts.map(\.scenario.name)
    let hint = Spelling.hint(for: name, among: names) ?? ""
    return .json(
      ["error": ["message": .string("no scenario '\(name)'; \(hint)")]], status: 404)
  }

  /// Enough for a start script to see that this is the mock, and what it plays.
  private var about: Response {
    .json([
      "server": "mockgem", "scenario": .string(repertoire.standard.scenario.name),
      "scenarios": .array(repertoire.scripts.map { .string($0.scenario.name) }),
      "protocols": .array(protocols.map { .string($0.name) }),
    ])
  }

  private func upgradeRequired(_ request: Request) -> Response {
    var response = error(
      426, "UPGRADE_REQUIRED", "\(request.path) is a WebSocket: connect with ws:// or wss://",
      for: request)
    response.headers.append(Header("Upgrade", "websocket"))
    return response
  }

  private func notFound(_ request: Request) -> Response {
    error(404, "NOT_FOUND", "no such resource: \(request.method) \(request.path)", for: request)
  }

  /// The error body of the vendor whose client asks: google.rpc.Status for Gemini's
  /// (AIP-193, "HTTP/1.1+JSON representation"), OpenAI's otherwise ("Error codes", API reference).
  private func error(_ status: Int, _ name: String, _ message: String, for request: Request)
    -> Response
  {
    let isGemini =
      request.header("x-goog-api-key") != nil || request.query("key") != nil
      || request.path.hasPrefix("/v1beta") || request.path.hasPrefix("/v1alpha")
    let error: JSONValue =
      isGemini
      ? ["code": .int(status), "message": .string(message), "status": .string(name)]
      : [
        "message": .string(message), "type": "invalid_request_error", "param": nil,
        "code": .string(name.lowercased()),
      ]
    return .json(["error": error], status: status)
  }
}
