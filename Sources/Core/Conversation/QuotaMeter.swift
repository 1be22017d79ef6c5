package import VirtualTime

/// Counts the requests of one API key, over all protocols that ask it.
///
/// The quotas of the services are for a minute (Gemini API, "Rate limits"), so a client that waits
/// as it is told is served again.
package struct QuotaMeter: Sendable {
  private static let window = Duration.seconds(60)

  private var begun: Instant?
  private var used = 0

  package init() {}

  /// Counts a request; how long the client must wait, if that is one too many.
  package mutating func take(of quota: Int, at now: Instant) -> Duration? {
    if let begun, now < begun + Self.window {
      if used >= quota { return begun + Self.window - now }
    } else {
      begun = now
      used = 0
      if quota == 0 { return Self.window }
    }
    used += 1
    return nil
  }
}
