import CSystem
import Glibc

/// Ends a process when the user or a supervisor asks for it.
package enum Signals {
  /// A closed pipe is an error code, not a death.
  package static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

  /// From here on only `waitForTermination` sees the signals. To be called before the first thread
  /// starts: threads inherit what is blocked.
  package static func holdTermination() {
    var set = terminationSet
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Sleeps until SIGINT or SIGTERM. A second one ends the process at once, should the end hang.
  package static func waitForTermination() {
    var set = terminationSet
    var number: Int32 = 0
    sigwait(&set, &number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// The same for so long at most; false when nobody asked.
  package static func waitForTermination(atMost duration: Duration) -> Bool {
    var set = terminationSet
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    guard sigtimedwait(&set, nil, &time) > 0 else { return false }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    return true
  }

  private static var terminationSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }
}
