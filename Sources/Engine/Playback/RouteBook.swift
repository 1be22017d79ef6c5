import JSON
import Scenarios
import VirtualTime
import Wire

/// Answers requests by the routes of a scenario.
struct RouteBook {
  let script: Script

  /// The first route that takes the request, and what its path captured.
  func route(for request: Request) -> (route: Route, path: JSONObject)? {
    for route in script.scenario.routes {
      guard let path = route.path.captures(of: request.path), fits(route, request) else { continue }
      return (route, path)
    }
    return nil
  }

  private func fits(_ route: Route, _ request: Request) -> Bool {
    if let method = route.method, method != request.method { return false }
    if route.isWebSocketEcho != request.asksForWebSocket { return false }
    for member in route.headers {
      let value = request.header(member.name).map { JSONValue.string($0) }
      if member.matcher.mismatch(value, in: [:]) != nil { return false }
    }
    for member in route.query {
      let value = request.query(member.name).map { JSONValue.string($0) }
      if member.matcher.mismatch(value, in: [:]) != nil { return false }
    }
    guard let body = route.body else { return true }
    return body.mismatch(RouteBook.body(of: request), in: [:]) == nil
  }

  /// JSON where it is, text otherwise.
  static func body(of request: Request) -> JSONValue {
    if request.body.isEmpty { return .null }
    if let json = try? JSONValue(parsing: request.body) { return json }
    return .string(String(decoding: request.body, as: UTF8.self))
  }

  /// The answer to this call of a route.
  func answer(_ route: Route, _ path: JSONObject, to request: Request, in memory: inout Memory)
    -> (response: Response, after: Duration)
  {
    var values: JSONObject = memory.captures
    values["path"] = .object(path)
    values["query"] = .object(
      JSONObject(request.queryItems.map { JSONMember(name: $0.name, value: .string($0.value)) }))
    values["headers"] = .object(
      JSONObject(
        request.headers.map { JSONMember(name: $0.name.lowercased(), value: .string($0.value)) }))
    values["body"] = RouteBook.body(of: request)
    let counted = route.countedBy?.value(in: values).plainText ?? ""
    let calls = memory.call("\(route.location) \(counted)")
    values["call"] = .int(calls + 1)
    let index = route.isCycle ? calls % route.answers.count : min(calls, route.answers.count - 1)
    let answer = route.answers[index]
    return (response(answer, values), answer.after)
  }

  /// An answer as it goes out.
  func response(_ answer: RouteAnswer, _ values: JSONObject) -> Response {
    var headers = answer.headers.map { Header($0.name, $0.value.value(in: values).plainText) }
    var body: [UInt8] = []
    var type: String?
    switch answer.body {
    case .none: break
    case .json(let template):
      body = template.value(in: values).encoded
      type = "application/json; charset=utf-8"
    case .text(let template):
      body = Array(template.value(in: values).plainText.utf8)
      type = "text/plain; charset=utf-8"
    case .file(let file):
      body = script.files[file.path] ?? []
      type = file.mimeType
    }
    if let type, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      headers.append(Header("Content-Type", type))
    }
    return Response(status: answer.status, headers: headers, body: body)
  }
}
