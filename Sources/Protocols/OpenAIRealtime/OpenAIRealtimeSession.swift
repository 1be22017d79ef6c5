package import Conversation
import JSON
package import VirtualTime
import Wire

/// The server side of one OpenAI Realtime connection, GA dialect.
///
///     connecting --opened--> live --close or closed--> over
///              '--refused---------------------------> over
///
/// The upgrade is answered with 101 even when the request is refused; the refusal is one `error`
/// event and a close (recorded for a bad key and for a bad model).
///
/// Rules not in this module do not exist: framing belongs to the transport, and what the model
/// says to the scenario.
package struct OpenAIRealtimeSession: Session {
  private let settings: SessionSettings
  /// Nil before the connection is opened and after it has ended.
  private var live: LiveSession?

  package init(settings: SessionSettings) { self.settings = settings }

  package var deadline: Instant? { live?.deadline }

  package mutating func receive(
    _ input: Input, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    switch input {
    case .opened(let request): return open(request, at: now, in: &namespace)
    case .message(let message): live?.receive(message, at: now)
    case .due: live?.advance(to: now)
    case .direction(.hangUp(let code, let reason)):
      let rest = live?.drain() ?? []
      live = nil
      return rest + [.close(code, reason)]
    case .direction(let action): live?.perform(action, at: now)
    case .closed: live = nil
    }
    return live?.drain() ?? []
  }

  private mutating func open(_ request: Request, at now: Instant, in namespace: inout Namespace)
    -> [Output]
  {
    let offersRealtime = request.subprotocols.contains("realtime")
    let upgrade = Output.upgrade(subprotocol: offersRealtime ? "realtime" : nil)
    var ids = Identifiers(namespace.openConnection())
    let unixTime = namespace.unixTime(at: now)
    if let refusal = Admission.refusal(of: request) {
      let event = ErrorEvent(refusal.error, clientEventID: nil)
      return [
        upgrade, .explain(LogLine(.warning, refusal.explanation)),
        .send(.json(event.json(id: ids.next("event_", at: unixTime)))),
        .close(refusal.close, "invalid_request_error.\(refusal.error.code)"),
      ]
    }
    var session = LiveSession(
      model: request.query("model") ?? "", pace: settings.pace, ids: ids, epoch: namespace.epoch,
      openedAt: now)
    session.begin(at: now)
    live = session
    return [upgrade] + (live?.drain() ?? [])
  }
}
