import Conversation
import JSON
import VirtualTime

/// How one connection takes part in session resumption.
struct Resumption: Sendable {
  /// The session's number in `ResumableSessions`; nil when it cannot be resumed.
  let session: Int?
  /// The handle it goes on from.
  let resumed: String?
  /// How many client messages the session has consumed; `setup` is none of them.
  var consumed: Int
  fileprivate var lastUpdate: Instant?
  /// The last state a handle was given out for, until the session around has filed it.
  fileprivate var checkpoint: ResumableSessions.Checkpoint?

  init(session: Int?, from checkpoint: ResumableSessions.Checkpoint?) {
    self.session = session
    resumed = checkpoint?.handle
    consumed = checkpoint?.consumed ?? 0
  }
}

extension LiveSession {
  /// The state to file under the newest handle, if there is a new one.
  mutating func takeCheckpoint() -> ResumableSessions.Checkpoint? {
    guard let checkpoint = resumption.checkpoint else { return nil }
    resumption.checkpoint = nil
    return checkpoint
  }

  /// Live API, "Session resumption": a handle after set-up and after each turn, where the client
  /// asked for them. While a call of a function is pending there is nothing to resume from, and
  /// what is false or empty is left out.
  mutating func sendResumptionUpdate(at now: Instant) {
    guard configuration.wantsResumption, let session = resumption.session else { return }
    resumption.lastUpdate = now
    if calls.isBlocked { return send(["sessionResumptionUpdate": [:]]) }
    let handle = dice.uuid()
    var update: JSONObject = ["newHandle": .string(handle), "resumable": true]
    if configuration.isTransparent {
      update["lastConsumedClientMessageIndex"] = .string("\(resumption.consumed)")
    }
    resumption.checkpoint = ResumableSessions.Checkpoint(
      session: session, model: configuration.model.bareModelName, began: began,
      context: context, consumed: resumption.consumed, handle: handle)
    remember(handle)
    send(["sessionResumptionUpdate": .object(update)])
  }

  /// Observed from 3.1 on: while media stream, a new handle comes every second or two.
  mutating func repeatResumptionUpdate(at now: Instant) {
    guard profile.repeatsHandles, turn == nil, let last = resumption.lastUpdate,
      now >= last + options.limit(Latencies.nextHandle)
    else { return }
    sendResumptionUpdate(at: now)
  }
}
