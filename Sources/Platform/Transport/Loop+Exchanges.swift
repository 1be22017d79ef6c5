import VirtualTime
import Wire

/// Plain HTTP on a loop: requests come from its own libmicrohttpd, or from another loop's, and are
/// answered here.
extension Loop {
  /// A whole HTTP request of a connection of the loop `home`; `exchange` waits for the answer.
  func open(_ exchange: HTTPExchange, _ request: Request, from home: Loop) {
    let id = setup.nextID()
    let served = ServedExchange(id, exchange)
    exchanges[id] = served
    exchange.watch(
      .init(
        drained: { [weak self] in self?.hear(from: home) { $0.drained(id) } },
        over: { [weak self] in self?.hear(from: home) { $0.end(id) } }))
    deliver(.opened(request), to: served)
    if exchanges[id] != nil, !served.isAnswered, served.deadline == nil {
      setup.log(LogLine(.error, "the application did not answer \(request.path)"))
      exchange.answer(Response(status: 500), isWhole: true)
      exchange.goOn()
    }
    if served.isLasting { exchange.watchClient() }
  }

  /// What the loop of an exchange's connection tells: on its own thread, which may be this one.
  private func hear(from home: Loop, _ news: @escaping @Sendable (Loop) -> Void) {
    if home === self { news(self) } else { post(news) }
  }

  private func deliver(_ event: PeerEvent, to served: ServedExchange) {
    for command in application.receive(event, from: served.id, at: Clock.now()) {
      carryOut(command, for: served)
    }
    served.exchange.goOn()
    guard exchanges[served.id] != nil else { return }
    let deadline = application.deadline(of: served.id)
    if deadline != served.deadline {
      served.deadline = deadline
      if let deadline { timers.add(deadline, for: served.id) }
    }
    timers.arm()
  }

  private func carryOut(_ command: PeerCommand, for served: ServedExchange) {
    switch command {
    case .respond(let response):
      served.isAnswered = true
      served.isLasting = false
      served.exchange.answer(response, isWhole: true)
    case .begin(let response):
      served.isAnswered = true
      served.exchange.answer(response, isWhole: false)
    case .stream(let payload): served.exchange.send(payload)
    case .finish: served.exchange.finish()
    case .raw(let bytes): order(.raw(bytes), for: served)
    case .shape(let shape):
      served.isLasting = true
      served.exchange.order(.shape(shape))
    case .halfClose: order(.halfClose, for: served)
    case .end(let closeNotify):
      order(.end(closeNotify ? .orderly : .silent), for: served)
    // An exchange has no close frame: its body ends as if it were complete, or it is cut.
    case .close(.normal, _) where served.isAnswered: served.exchange.finish()
    case .reset, .close: order(.end(.reset), for: served)
    case .log(let line): log(line, of: served.id)
    case .record(let line, let file): setup.record(line, file)
    case .upgrade, .send:
      log(LogLine(.error, "is plain HTTP, and got a frame"), of: served.id)
    }
  }

  /// What stands for an answer.
  private func order(_ command: WireCommand, for served: ServedExchange) {
    served.isAnswered = true
    served.exchange.order(command)
  }

  func deliverDue(to served: ServedExchange, at time: Instant) {
    guard served.deadline == time else { return }
    if served.exchange.unsentBytes > Limits.queuedBytesMax {
      served.isHeldBack = true
    } else {
      served.deadline = nil
      deliver(.due, to: served)
    }
  }

  private func drained(_ id: ConnectionID) {
    guard let served = exchanges[id], served.isHeldBack else { return }
    served.isHeldBack = false
    served.deadline = nil
    deliver(.due, to: served)
  }

  private func end(_ id: ConnectionID) {
    guard exchanges.removeValue(forKey: id) != nil else { return }
    for command in application.receive(.closed(nil, ""), from: id, at: Clock.now()) {
      switch command {
      case .log(let line): log(line, of: id)
      case .record(let line, let file): setup.record(line, file)
      case .upgrade, .respond, .begin, .stream, .finish, .send, .close, .reset, .raw, .shape,
        .halfClose, .end:
        break
      }
    }
  }
}

/// An HTTP request that is being answered.
final class ServedExchange {
  let id: ConnectionID
  let exchange: HTTPExchange
  /// When the application wants `.due`; what the heap holds besides is stale.
  var deadline: Instant?
  /// A deadline that has passed while too much was unsent.
  var isHeldBack = false
  var isAnswered = false
  /// Whether its client may leave before the answer is whole.
  var isLasting = true

  init(_ id: ConnectionID, _ exchange: HTTPExchange) {
    self.id = id
    self.exchange = exchange
  }
}
