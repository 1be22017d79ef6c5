import CSystem
import Glibc

/// Ends a process when the user or a supervisor asks for it.
package enum Signals {
  /// To be called before the first thread starts: threads inherit the blocked signals, so that
  /// only `waitForTermination` sees them. A closed pipe is an error code, not a death.
  package static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    var set = terminationSet
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Sleeps until SIGINT or SIGTERM.
  package static func waitForTermination() {
    var set = terminationSet
    var number: Int32 = 0
    sigwait(&set, &number)
  }

  /// The same for so long at most; false when nobody asked.
  package static func waitForTermination(atMost duration: Duration) -> Bool {
    var set = terminationSet
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    return sigtimedwait(&set, nil, &time) > 0
  }

  private static var terminationSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }
}
