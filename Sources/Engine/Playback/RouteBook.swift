import Diagnostics
import JSON
import Scenarios
import VirtualTime
import Wire

/// Answers requests by the routes of a scenario.
struct RouteBook {
  let script: Script

  /// A route that takes a request, and what is known there.
  struct Match {
    let route: Route
    var known: JSONObject
    /// Whose state it is.
    let stateName: String
  }

  /// An answer: its head and body at once, or the pieces of a body, each behind the one before.
  struct Reply {
    let response: Response
    let after: Duration
    var pieces: [(after: Duration, payload: Payload)]?
  }

  /// The route that takes the request. `isProtocol`: a protocol would take it as well, and keeps
  /// its paths from templates that name less than two words of them.
  func match(_ request: Request, isProtocol: Bool, in memory: Memory?) -> Match? {
    let near = script.scenario.routes.filter {
      $0.path.captures(of: request.pathWords) != nil
        && (!isProtocol || $0.path.isLiteral || $0.path.leadingWords >= 2)
    }
    if near.isEmpty { return nil }
    let parts = Self.parts(of: request, for: near)
    var best: Match?
    for route in near where best.map({ route.path.precedes($0.route.path) }) != false {
      let known = known(parts, to: route, of: request)
      let name = route.stateBy?.value(in: known).plainText ?? ""
      let state = memory?.state(name) ?? [:]
      guard obstacle(route, request, known, state) == nil else { continue }
      best = Match(route: route, known: known, stateName: name)
    }
    return best
  }

  /// What of a request stands in the way of a route whose path it has; nil when it fits.
  func obstacle(_ route: Route, _ request: Request) -> String? {
    let parts = Self.parts(of: request, for: [route])
    return obstacle(route, request, known(parts, to: route, of: request), [:])
  }

  private func obstacle(
    _ route: Route, _ request: Request, _ known: JSONObject, _ state: JSONObject
  ) -> String? {
    if let method = route.method, method != request.method {
      return "with \(method) and not \(request.method)"
    }
    if route.isWebSocketEcho != request.asksForWebSocket {
      return route.isWebSocketEcho ? "as a WebSocket" : "not as a WebSocket"
    }
    for member in route.headers {
      let value = request.header(member.name).map { JSONValue.string($0) }
      if let mismatch = member.matcher.mismatch(value, in: known, at: "header \(member.name)") {
        return mismatch.description
      }
    }
    for member in route.query {
      let value = request.query(member.name).map { JSONValue.string($0) }
      if let mismatch = member.matcher.mismatch(value, in: known, at: "query \(member.name)") {
        return mismatch.description
      }
    }
    let mismatch =
      route.body?.mismatch(known["body"], in: known, at: "body")
      ?? route.bytes?.mismatch(known["bytes"], in: known, at: "bytes")
      ?? route.state?.mismatch(.object(state), in: known, at: "state")
    return mismatch?.description
  }

  private func known(_ parts: JSONObject, to route: Route, of request: Request) -> JSONObject {
    var known = parts
    known["path"] = .object(route.path.captures(of: request.pathWords) ?? [:])
    return known
  }

  /// What templates know of a request, whatever the route.
  private static func parts(of request: Request, for routes: [Route]) -> JSONObject {
    let contents = request.contents
    let head = contents.bytes(in: 0..<min(16, contents.byteCount)) ?? []
    var bytes: JSONObject = [
      "size": .int(contents.byteCount), "head": .string(hexadecimal(head)),
    ]
    if routes.contains(where: \.needsDigest) { bytes["sha256"] = .string(contents.hexDigest) }
    return [
      "query": members(request.queryItems.map { ($0.name, $0.value) }),
      "headers": members(request.headers.map { ($0.name.lowercased(), $0.value) }),
      "body": body(of: request), "bytes": .object(bytes),
    ]
  }

  private static func members(_ pairs: [(name: String, value: String)]) -> JSONValue {
    .object(JSONObject(pairs.map { JSONMember(name: $0.name, value: .string($0.value)) }))
  }

  /// JSON where it is, text where it is, and nothing else.
  private static func body(of request: Request) -> JSONValue {
    if request.body.isEmpty { return .null }
    if let json = try? JSONValue(parsing: request.body) { return json }
    return .optional(String(validating: request.body, as: UTF8.self))
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The answer to this call of a route, which leaves behind what the route says.
  func answer(_ match: Match, in memory: inout Memory) -> Reply {
    let route = match.route
    var known = memory.captures
    for member in match.known.members { known[member.name] = member.value }
    let counted = (route.countedBy ?? route.stateBy)?.value(in: known).plainText ?? ""
    let calls = memory.call(route.location.description, countedBy: counted)
    known["call"] = .int(calls + 1)
    var state = memory.state(match.stateName)
    known["state"] = .object(state)
    for change in route.changes { change.apply(to: &state, knowing: known) }
    known["state"] = .object(state)
    if route.forgets {
      memory.forgetState(match.stateName)
    } else if !route.changes.isEmpty {
      memory.keep(state, as: match.stateName)
    }
    let index = route.isCycle ? calls % route.answers.count : min(calls, route.answers.count - 1)
    let answer = route.answers[index]
    var reply = Reply(response: response(answer, known), after: answer.after)
    if case .events(let events) = answer.body {
      reply.pieces = events.map { ($0.after, event($0, known)) }
    }
    return reply
  }

  /// An answer as it goes out, with all of its body.
  func response(_ answer: RouteAnswer, _ known: JSONObject) -> Response {
    var headers = answer.headers.map { Header($0.name, $0.value.value(in: known).plainText) }
    var body: [UInt8] = []
    var type: String?
    switch answer.body {
    case .none: break
    case .json(let template):
      body = template.value(in: known).encoded
      type = "application/json; charset=utf-8"
    case .text(let template):
      body = Array(template.value(in: known).plainText.utf8)
      type = "text/plain; charset=utf-8"
    case .file(let file):
      body = script.files[file.path] ?? []
      type = file.mimeType
    case .base64(let template):
      guard let bytes = Base64.decode(template.value(in: known).plainText) else {
        return .json(["error": ["message": "what 'base64' says is none"]], status: 500)
      }
      body = bytes
      type = "application/octet-stream"
    case .events(let events):
      body = events.flatMap { event($0, known).bytes }
      type = ServerSentEventWriter.contentType
    }
    if let type, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      headers.append(Header("Content-Type", type))
    }
    return Response(status: answer.status, headers: headers, body: body)
  }

  private func event(_ event: RouteEvent, _ known: JSONObject) -> Payload {
    let data = event.data.value(in: known)
    return ServerSentEventWriter().payload(
      ServerSentEvent(
        name: event.name?.value(in: known).plainText, id: event.id?.value(in: known).plainText,
        data: data.string.map { .text($0) } ?? .json(data)))
  }
}
