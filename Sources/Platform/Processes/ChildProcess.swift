import Glibc

/// A command that is run, and how it ends.
///
///     spawned --exits--> exited
///        '--killed--> signalled
///
/// The child gets a process group of its own, so that what it starts can be ended with it; only at
/// a terminal it stays in ours, or it could not read from there.
package struct ChildProcess: Sendable {
  /// How it ended.
  package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// Ended by us, since it took longer than it may.
    case timedOut
  }

  /// The files a child writes into.
  package struct Streams: Sendable {
    let output: String
    let errors: String

    package init(output: String, errors: String) {
      self.output = output
      self.errors = errors
    }
  }

  /// How long a child has after SIGTERM before SIGKILL.
  static let patience = Duration.seconds(5)

  private let pid: pid_t
  private let hasGroup: Bool

  /// To be called before the first thread starts, so that only `wait` sees these signals.
  package static func prepare() {
    var set = waitedSet
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Starts `words[0]`, found as a shell would, with exactly this environment. With `streams` it
  /// has a process group of its own, reads nothing, and writes into files.
  package init(_ words: [String], environment: [String], streams: Streams? = nil)
    throws(ChildError)
  {
    guard let name = words.first else { throw ChildError(reason: "no command") }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What we block or ignore, the child shall not.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var ignored = sigset_t()
    sigemptyset(&ignored)
    sigaddset(&ignored, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &ignored)
    hasGroup = streams != nil || isatty(STDIN_FILENO) == 0
    var flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
    if hasGroup { flags |= Int16(POSIX_SPAWN_SETPGROUP) }
    posix_spawnattr_setflags(&attributes, flags)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let streams {
      let flags = O_WRONLY | O_CREAT | O_TRUNC
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, streams.output, flags, 0o600)
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, streams.errors, flags, 0o600)
    }
    var pid: pid_t = 0
    let status = ChildProcess.withPointers(words) { arguments in
      ChildProcess.withPointers(environment) { environment in
        posix_spawnp(&pid, name, &actions, &attributes, arguments, environment)
      }
    }
    guard status == 0 else {
      throw ChildError(reason: String(cString: strerror(status)).lowercased())
    }
    self.pid = pid
  }

  /// Waits for the end; SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on. Past `limit` the child
  /// is ended.
  package func wait(atMost limit: Duration?) -> Ending {
    var deadline = limit.map { ContinuousClock.now + $0 }
    var isTimedOut = false
    while true {
      if let ending = reap() {
        return isTimedOut ? .timedOut : ending
      }
      var information = siginfo_t()
      let left = deadline.map { $0 - ContinuousClock.now } ?? .seconds(3600)
      let number = ChildProcess.next(atMost: max(.zero, left), &information)
      if number > 0, number != SIGCHLD {
        // What a terminal sends reaches the whole group, the child as well.
        if hasGroup || information.si_code != SI_KERNEL { kill(number) }
      } else if number < 0, let passed = deadline, ContinuousClock.now >= passed {
        kill(isTimedOut ? SIGKILL : SIGTERM)
        deadline = ContinuousClock.now + ChildProcess.patience
        isTimedOut = true
      }
    }
  }

  func kill(_ number: Int32) { Glibc.kill(hasGroup ? -pid : pid, number) }

  /// How it ended; nil while it runs.
  func reap() -> Ending? {
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
    // wait(2): the low seven bits are the signal, the byte above is the code.
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
  }

  /// The next signal there is news by; negative when none came in time.
  static func next(atMost duration: Duration, _ information: inout siginfo_t) -> Int32 {
    var set = waitedSet
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    return sigtimedwait(&set, &information, &time)
  }

  private static var waitedSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&set, number) }
    return set
  }

  /// A C array of C strings, ended by a null pointer.
  private static func withPointers<Value>(
    _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
  ) -> Value {
    let pointers = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
  }
}

/// Why a command cannot be run.
package struct ChildError: Error, Hashable, Sendable {
  package let reason: String
}
