package import Conversation
import JSON
package import VirtualTime
import Wire

/// The server side of one OpenAI Realtime connection.
///
///     connecting --opened--> live --close, expired or closed--> over
///              '--refused---------------------------------> over
///
/// The upgrade is answered with 101 even when the request is refused; the refusal is one `error`
/// event and a close (recorded for a bad key and for a bad model).
///
/// Rules not in this module do not exist: framing belongs to the transport, and what the model
/// says to the scenario.
package struct OpenAIRealtimeSession: Session {
  private let knobs: Knobs
  /// Nil before the connection is opened and after it has ended.
  private var live: LiveSession?
  private var translation: TranslationSession?

  package init(settings: SessionSettings) { knobs = Knobs(settings) }

  package var deadline: Instant? { live?.deadline ?? translation?.deadline }

  package mutating func receive(
    _ input: Input, at now: Instant, in namespace: inout Namespace
  ) -> [Output] {
    switch input {
    case .opened(let request): return open(request, at: now, in: &namespace)
    case .message(let message):
      live?.receive(message, at: now)
      translation?.receive(message, at: now)
    case .due:
      live?.advance(to: now)
      translation?.advance(to: now)
    case .direction(.hangUp(let code, let reason)):
      let rest = drain()
      end()
      return rest + [.close(code, reason)]
    case .direction(let action):
      live?.perform(action, at: now)
      translation?.perform(action, at: now)
    case .closed: end()
    }
    return drain()
  }

  private mutating func drain() -> [Output] {
    let outputs = live?.drain() ?? translation?.drain() ?? []
    if live?.isOver == true || translation?.isOver == true { end() }
    return outputs
  }

  private mutating func end() {
    live = nil
    translation = nil
  }

  private mutating func open(_ request: Request, at now: Instant, in namespace: inout Namespace)
    -> [Output]
  {
    let offersRealtime = request.subprotocols.contains("realtime")
    let upgrade = Output.upgrade(subprotocol: offersRealtime ? "realtime" : nil)
    var ids = Identifiers(namespace.openConnection())
    let unixTime = namespace.unixTime(at: now)
    let keys = namespace[EphemeralKeys.self, default: EphemeralKeys()]
    var warnings: [Output] = []
    do throws(Admission.Refused) {
      let admission = try Admission(request, knobs, keys: keys, at: unixTime)
      warnings = admission.warnings.map { .explain(LogLine(.warning, $0)) }
      if request.path.hasSuffix("/translations") {
        translation = TranslationSession(
          admission, knobs, ids: ids, epoch: namespace.epoch, openedAt: now)
      } else {
        live = LiveSession(admission, knobs, ids: ids, epoch: namespace.epoch, openedAt: now)
      }
    } catch {
      let event = ErrorEvent(error.error, clientEventID: nil)
      return [
        upgrade, .explain(LogLine(.warning, error.explanation)),
        .send(.json(event.json(id: ids.next("event_", at: unixTime)))),
        .close(error.close, "invalid_request_error.\(error.error.code ?? "")"),
      ]
    }
    live?.begin(at: now)
    translation?.begin(at: now)
    return [upgrade] + warnings + drain()
  }
}
