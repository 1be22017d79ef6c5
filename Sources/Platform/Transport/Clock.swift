import Glibc
package import VirtualTime

/// The only clock of the program. `Instant.start` is when it was first asked.
package enum Clock {
  private static let origin = nanoseconds(CLOCK_MONOTONIC)
  /// The Unix time, in seconds, at `Instant.start`.
  package static let epoch: Int64 = {
    _ = origin
    return nanoseconds(CLOCK_REALTIME) / 1_000_000_000
  }()

  package static func now() -> Instant {
    Instant(nanoseconds: nanoseconds(CLOCK_MONOTONIC) - origin)
  }

  /// Does nothing for so long; signals that are held stay pending.
  package static func sleep(for duration: Duration) {
    let (seconds, attoseconds) = duration.components
    var time = Glibc.timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    nanosleep(&time, nil)
  }

  /// `instant` as the kernel counts, for absolute timers.
  static func timespec(of instant: Instant) -> Glibc.timespec {
    // A zero time would disarm a timer; nothing is due before the run began.
    let time = max(1, instant.nanoseconds + origin)
    return Glibc.timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
  }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = Glibc.timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

extension Instant {
  /// Never.
  static let max = Instant(nanoseconds: .max)
}
