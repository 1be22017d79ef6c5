import VirtualTime

/// The sessions of a namespace that can be gone on with on another connection.
///
///     open --connection ends--> resumable --newest handle--> open
///                                   '--lifetime passes--> gone
///
/// Live API, "Session resumption": the newest handle counts, and it is good for two hours after the
/// connection ended. A session lives once: while its connection is open, nobody else gets it.
struct ResumableSessions: Sendable {
  /// What a handle leads back to.
  struct Checkpoint: Hashable, Sendable {
    let session: Int
    let model: String
    /// When the session was set up first.
    let began: Instant
    let context: TokenCount
    /// How many client messages it holds.
    let consumed: Int
    /// The handle that was given out for it, and the client's way back into the scenario.
    let handle: String
    /// Nil while the connection is open.
    var expires: Instant?
  }

  /// As many sessions as a long load test leaves behind; the oldest give way.
  private static let sessionsMax = 10_000

  private var checkpoints: [String: Checkpoint] = [:]
  private var handles: [Int: String] = [:]
  private var open: Set<Int> = []
  private var sessionCount = 0
  private var oldest = 1

  /// A new session, which is open.
  mutating func begin() -> Int {
    sessionCount += 1
    open.insert(sessionCount)
    while sessionCount - oldest >= Self.sessionsMax {
      forget(oldest)
      oldest += 1
    }
    return sessionCount
  }

  /// Puts `checkpoint` in the place of the session's last one.
  mutating func save(_ checkpoint: Checkpoint) {
    guard checkpoint.session >= oldest else { return }
    if let handle = handles[checkpoint.session] { checkpoints[handle] = nil }
    handles[checkpoint.session] = checkpoint.handle
    checkpoints[checkpoint.handle] = checkpoint
  }

  /// The connection of `session` is gone; its newest handle is good for `lifetime` from now on.
  mutating func close(_ session: Int, at now: Instant, lifetime: Duration) {
    open.remove(session)
    guard let handle = handles[session] else { return }
    checkpoints[handle]?.expires = now + lifetime
  }

  /// Opens the session that `handle` leads to.
  mutating func resume(_ handle: String, model: String, at now: Instant) throws(Refused)
    -> Checkpoint
  {
    guard Self.isHandle(handle) else {
      throw Refused(
        .handleInvalid, explanation: "'\(handle)' has not the shape of a handle of resumption")
    }
    guard let checkpoint = checkpoints[handle] else {
      throw Refused(
        .sessionNotFound,
        explanation: "the handle '\(handle)' is unknown, or the session has given out a newer one")
    }
    if open.contains(checkpoint.session) {
      throw Refused(
        .internal,
        explanation: "the session's old connection is still open: close it before resuming")
    }
    if let expires = checkpoint.expires, expires <= now {
      forget(checkpoint.session)
      throw Refused(.handleExpired, explanation: "the handle's lifetime is over")
    }
    guard checkpoint.model == model.bareModelName else {
      throw Refused(
        .internal,
        explanation: "the session was begun with \(checkpoint.model); it resumes with no other")
    }
    open.insert(checkpoint.session)
    return checkpoint
  }

  private mutating func forget(_ session: Int) {
    if let handle = handles.removeValue(forKey: session) { checkpoints[handle] = nil }
  }

  /// A UUID or base64 text (observed).
  private static func isHandle(_ text: String) -> Bool {
    text.utf8.count >= 8
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "+/=_-".utf8.contains(byte)
        }
      }
  }
}
