import Conversation
import JSON
import Scenarios
import Transcripts
import VirtualTime
import Wire

/// What a stage answers by the routes of a scenario.
extension Stage {
  mutating func take(
    _ found: (route: Route, path: JSONObject), _ request: Request, _ script: Script,
    _ namespace: NamespaceName, as connection: ConnectionID, at now: Instant
  ) -> [PeerCommand] {
    let book = RouteBook(script: script)
    let (route, path) = found
    if route.isWebSocketEcho {
      echoes.insert(connection)
      return [.upgrade(subprotocol: request.subprotocols.first)]
    }
    var memory = takeMemory(of: namespace, script)
    let (response, after) = book.answer(route, path, to: request, in: &memory)
    memories[namespace] = memory
    let line = LogLine(
      .info, "route \(route.location) answers \(request.method) with \(response.status)")
    let due = now + script.scenario.pace.latency(after)
    let records = record(
      request, response, as: connection, scenario: namespace.scenario, from: now, to: due)
    if after > .zero {
      answers[connection] = (due, response)
      return [.log(line)] + records
    }
    return [.log(line)] + records + [.respond(response)]
  }
}
