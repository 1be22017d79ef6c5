import Conversation
import JSON
import Scenarios
import Transcripts
import VirtualTime
import Wire

/// What a stage answers by the routes of a scenario.
extension Stage {
  /// Commands that wait for their time, in order.
  struct Delivery: Sendable {
    var items: [(due: Instant, command: PeerCommand)]

    var due: Instant? { items.first?.due }

    /// Takes out what is due.
    mutating func pass(_ now: Instant) -> [PeerCommand] {
      let due = items.prefix { $0.due <= now }
      items.removeFirst(due.count)
      return due.map(\.command)
    }
  }

  func route(
    for request: Request, _ script: Script, _ namespace: NamespaceName, isProtocol: Bool
  ) -> RouteBook.Match? {
    if script.scenario.routes.isEmpty { return nil }
    return RouteBook(script: script).match(
      request, isProtocol: isProtocol, in: memories[namespace])
  }

  mutating func take(
    _ match: RouteBook.Match, _ request: Request, _ script: Script, _ namespace: NamespaceName,
    as connection: ConnectionID, at now: Instant
  ) -> [PeerCommand] {
    if match.route.isWebSocketEcho {
      echoes.insert(connection)
      return [.upgrade(subprotocol: request.subprotocols.first)]
    }
    var memory = takeMemory(of: namespace, script)
    let reply = RouteBook(script: script).answer(match, in: &memory)
    memories[namespace] = memory
    let words =
      "route \(match.route.location) answers \(request.method) with \(reply.response.status)"
    let items = items(of: reply, at: now, script.scenario.pace)
    let records = record(
      request, reply.response, as: connection, scenario: namespace.scenario, from: now,
      to: items.last?.due ?? now)
    var delivery = Delivery(items: items)
    let commands = [.log(LogLine(.info, words))] + records + delivery.pass(now)
    if delivery.due != nil { deliveries[connection] = delivery }
    return commands
  }

  private func items(of reply: RouteBook.Reply, at now: Instant, _ pace: Pace)
    -> [(due: Instant, command: PeerCommand)]
  {
    var due = now + pace.latency(reply.after)
    guard let pieces = reply.pieces else { return [(due, .respond(reply.response))] }
    var head = reply.response
    head.body = []
    var items: [(due: Instant, command: PeerCommand)] = [(due, .begin(head))]
    for piece in pieces {
      due = due + pace.latency(piece.after)
      items.append((due, .stream(piece.payload)))
    }
    return items + [(due, .finish)]
  }
}
