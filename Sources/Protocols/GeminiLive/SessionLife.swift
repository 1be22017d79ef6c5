import Conversation
import VirtualTime

/// What ends a connection that nobody ends.
///
///     live --540 s--> goAway sent --50 s--> over (1008)
///
/// Live API, "Session management": a connection lasts about ten minutes, and `goAway` comes before.
/// The times are those observed. The scenario may limit the session over all its connections, and
/// an ephemeral token ends it as well.
struct SessionLife: Sendable {
  enum Event: Hashable, Sendable {
    case announce(Duration)
    case end(Refused)
  }

  private var announcement: (at: Instant, left: Duration)?
  private var end: Instant
  private let tokenExpiry: Instant?

  /// A connection from `now` on, of a session that began at `beginning`.
  init(
    _ options: LiveOptions, from now: Instant, of beginning: Instant, isLimited: Bool,
    tokenExpiry: Instant?
  ) {
    end = now + options.limit(options.connectionLimit)
    if isLimited, let limit = options.sessionLimit {
      end = max(now, min(end, beginning + options.limit(limit)))
    }
    let notice = min(options.goAwayNotice, options.connectionLimit)
    let start = max(now, Instant(nanoseconds: end.nanoseconds - options.limit(notice).nanoseconds))
    announcement = (start, notice)
    self.tokenExpiry = tokenExpiry
  }

  var due: Instant {
    let due = min(announcement?.at ?? end, end)
    return tokenExpiry.map { min(due, $0) } ?? due
  }

  /// What `due` brings.
  mutating func next() -> Event {
    if let tokenExpiry, tokenExpiry <= min(announcement?.at ?? end, end) {
      return .end(
        Refused(.tokenExpiring, explanation: "the ephemeral token's expireTime has passed"))
    }
    if let announcement, announcement.at <= end {
      self.announcement = nil
      return .announce(announcement.left)
    }
    return .end(Self.ignored)
  }

  /// The scenario announces the end itself.
  mutating func leave(in left: Duration, at now: Instant) {
    announcement = nil
    end = now + left
  }

  static let ignored = Refused(
    .goAwayIgnored,
    explanation: "the client stayed after 'goAway': close the connection and resume with a handle")
}
