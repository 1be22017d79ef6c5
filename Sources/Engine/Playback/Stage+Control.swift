import JSON
import Scenarios
import VirtualTime
import Wire

/// What a stage does for the control API.
extension Stage {
  /// Nil when the request is not the control API's.
  mutating func control(_ request: Request, as connection: ConnectionID, at now: Instant)
    -> [PeerCommand]?
  {
    guard request.pathWords.first == ControlRequest.root else { return nil }
    let key = settings.namespace(of: request)
    guard let order = ControlRequest(request, key: key) else { return nil }
    guard settings.isControlled else {
      let words = "the control API is served on this machine's own addresses only"
      return [
        .log(LogLine(.warning, "\(words); 'serve --control' serves it on any")),
        .respond(ControlRequest.error("\(words), or where 'serve --control' says so", status: 403)),
      ]
    }
    if let words = ControlRequest.objection(to: request, isOpen: settings.isControlOpen) {
      return [.log(LogLine(.warning, words)), .respond(ControlRequest.error(words, status: 403))]
    }
    if case .describe = order {
      guard let script = settings.repertoire.script(for: request, over: nil) else {
        let desk = FrontDesk(protocols: settings.protocols, repertoire: settings.repertoire)
        return [.respond(desk.unknownScenario(Repertoire.wish(of: request) ?? ""))]
      }
      return [.respond(.json(Description.json(of: settings.protocols, script)))]
    }
    if case .readJournal(let query) = order, let wait = query.wait {
      watches[connection] = JournalWatch(query: query, since: now, until: now + wait)
      return look(for: connection, at: now)
    }
    return [.respond(carryOut(order, key))]
  }

  private mutating func carryOut(_ order: ControlRequest, _ key: String) -> Response {
    switch order {
    case .refused(let response): return response
    case .describe: return .json(Description.json(of: settings.protocols, nil))
    case .reset:
      let forgotten = memories.keys.filter { key.isEmpty || $0.key == key }
      for name in forgotten { memories[name] = nil }
      _ = journal.forget { key.isEmpty || $0.place.key == key }
      return .json(["forgotten": .int(forgotten.count)])
    case .readJournal(let query): return shown(query)
    case .countJournal(let query):
      return .json(["count": .int(journal.all.count(where: query.fits))])
    case .forgetJournal(let query):
      return .json(["forgotten": .int(journal.forget(where: query.fits))])
    case .listFaults:
      return .json([
        "faults": .array(
          orders.map { ["name": .string($0.owner), "fault": .string($0.text)] })
      ])
    case .addFault(let text, let plan):
      lastOrder += 1
      let order = FaultOrder(text, plan: plan, number: lastOrder)
      orders.append(order)
      for connection in players.keys.sorted() {
        players[connection]?.add(plan, owner: order.owner)
      }
      return .json(["name": .string(order.owner)], status: 201)
    case .removeFaults(let owner):
      let removed = orders.filter { owner == nil || $0.owner == owner }
      if removed.isEmpty, let owner {
        return ControlRequest.error("no fault '\(owner)' is ordered", status: 404)
      }
      orders.removeAll { order in removed.contains { $0.owner == order.owner } }
      for order in removed {
        for connection in players.keys.sorted() {
          players[connection]?.removeFaults(of: order.owner)
        }
      }
      return .json(["removed": .int(removed.count)])
    }
  }

  // MARK: - The journal

  private func shown(_ query: JournalQuery, isLate: Bool = false) -> Response {
    let fitting = journal.all.filter(query.fits)
    var body: JSONObject = [
      "version": .int(ControlRequest.version), "count": .int(fitting.count),
      "requests": .array(fitting.prefix(query.limit).map(\.json)),
    ]
    if isLate {
      let words = "\(query.count) were waited for, and \(fitting.count) came"
      body["error"] = ["message": .string(words)]
    }
    return .json(.object(body), status: isLate ? 408 : 200)
  }

  /// Answers who waits as soon as enough has come, or too late.
  mutating func look(for connection: ConnectionID, at now: Instant) -> [PeerCommand] {
    guard let watch = watches[connection] else { return [] }
    let isEnough =
      watch.revision != journal.revision
      && journal.all.count(where: watch.query.fits) >= watch.query.count
    if isEnough || now >= watch.until {
      watches[connection] = nil
      return [.respond(shown(watch.query, isLate: !isEnough))]
    }
    watches[connection]?.rest(at: now, journal.revision)
    return []
  }

  /// The entry as a line of the journal's file.
  func write(_ entry: Journal.Entry) -> [PeerCommand] {
    guard settings.isJournalWritten else { return [] }
    return [.record(line: entry.json.encoded, file: Journal.file)]
  }
}

/// Somebody who waits for requests to come. A connection is told of nothing but its own deadlines,
/// so it looks again and again.
struct JournalWatch: Sendable {
  let query: JournalQuery
  let until: Instant
  private(set) var next: Instant
  /// What the journal was when it was looked at last.
  private(set) var revision: Int?

  /// Short for a test, and long for a processor; bodies take longer to look through.
  private var pause: Duration { .milliseconds(query.isAboutBodies ? 100 : 10) }

  init(query: JournalQuery, since now: Instant, until: Instant) {
    self.query = query
    self.until = until
    next = now
  }

  mutating func rest(at now: Instant, _ revision: Int) {
    next = min(until, now + pause)
    self.revision = revision
  }
}
