import Conversation
import VirtualTime

/// What ends a connection that nobody ends.
///
///     live --540 s--> goAway sent --50 s--> over (1008)
///
/// Live API, "Session management": a connection lasts about ten minutes, and `goAway` comes before.
/// The times are those observed. An ephemeral token ends it sooner.
struct SessionLife: Sendable {
  enum Event: Hashable, Sendable {
    case announce(Duration)
    case end(Refused)
  }

  private var announcement: (at: Instant, left: Duration)?
  private var end: Instant
  private let tokenExpiry: Instant?

  init(_ options: LiveOptions, from now: Instant, tokenExpiry: Instant?) {
    let notice = options.goAwayNotice
    announcement = (now + options.limit(options.connectionLimit - notice), notice)
    end = now + options.limit(options.connectionLimit)
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
