import Glibc

/// Several commands at once, each with a time limit of its own.
///
///     started --exits, or is killed--> ended
///        '--its time is up--> asked to end --after a while--> killed
package struct ChildCrew: Sendable {
  /// What became of one of them.
  package struct News: Sendable {
    /// The number it was started under.
    package let number: Int
    package let ending: ChildProcess.Ending
  }

  private struct Member {
    let number: Int
    let process: ChildProcess
    var deadline: ContinuousClock.Instant
    var isTimedOut = false
  }

  private var members: [Member] = []
  /// Whether somebody asked for the end of everything.
  package private(set) var isStopped = false

  package init() {}

  package var count: Int { members.count }

  package mutating func start(
    _ words: [String], environment: [String], streams: ChildProcess.Streams, number: Int,
    limit: Duration
  ) throws(ChildError) {
    let process = try ChildProcess(words, environment: environment, streams: streams)
    members.append(
      Member(number: number, process: process, deadline: ContinuousClock.now + limit))
  }

  /// Waits until one of them has ended; nil when none is left. What asks this process to end is
  /// passed on to all of them.
  package mutating func next() -> News? {
    while !members.isEmpty {
      for index in members.indices {
        guard let ending = members[index].process.reap() else { continue }
        let member = members.remove(at: index)
        return News(number: member.number, ending: member.isTimedOut ? .timedOut : ending)
      }
      let soonest = members.map(\.deadline).min() ?? ContinuousClock.now
      var information = siginfo_t()
      let left = max(.zero, soonest - ContinuousClock.now)
      let number = ChildProcess.next(atMost: left, &information)
      if number > 0, number != SIGCHLD {
        isStopped = true
        for member in members { member.process.kill(number) }
      }
      endLate()
    }
    return nil
  }

  private mutating func endLate() {
    for index in members.indices where members[index].deadline <= ContinuousClock.now {
      members[index].process.kill(members[index].isTimedOut ? SIGKILL : SIGTERM)
      members[index].isTimedOut = true
      members[index].deadline = ContinuousClock.now + ChildProcess.patience
    }
  }
}
