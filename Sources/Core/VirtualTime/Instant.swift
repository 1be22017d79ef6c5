/// A point on the virtual clock, in nanoseconds since the run began.
///
/// Nothing above `Platform` reads a clock: instants come in as values, so that ten minutes of a
/// session are one fast test, and the same file gives the same bytes.
package struct Instant: Hashable, Comparable, Sendable {
  package let nanoseconds: Int64

  /// The beginning of the run.
  package static let start = Instant(nanoseconds: 0)

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds + duration.nanoseconds)
  }

  package static func - (later: Instant, earlier: Instant) -> Duration {
    .nanoseconds(later.nanoseconds - earlier.nanoseconds)
  }
}

extension Duration {
  /// The whole duration in nanoseconds; 292 years fit.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// The whole duration in milliseconds, cut.
  package var milliseconds: Int { Int(nanoseconds / 1_000_000) }
}
