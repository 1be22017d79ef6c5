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

  private static var terminationSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }
}
