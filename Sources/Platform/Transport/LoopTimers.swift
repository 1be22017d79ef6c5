import CSystem
import Glibc
import VirtualTime
import Wire

extension ConnectionID {
  /// What a timer is for that belongs to the loop and to no connection.
  static let relayWake = ConnectionID(number: 0)
  static let httpWake = ConnectionID(number: .max)
}

/// The deadlines of one loop: a heap, and one timerfd that fires for the earliest.
///
/// libwebsockets' own timers poll in whole milliseconds and spin through the last one.
struct LoopTimers: ~Copyable {
  private struct Entry {
    let time: Instant
    let connection: ConnectionID
  }

  /// Readable when something is due.
  let descriptor = timerfd_create(
    CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK))
  private var heap: [Entry] = []
  private var armed: Instant?

  /// Adds a deadline. Old ones stay in the heap; whoever takes them out sees that they are stale.
  mutating func add(_ time: Instant, for connection: ConnectionID) {
    heap.append(Entry(time: time, connection: connection))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].time < heap[parent].time else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out everything that is due.
  mutating func due(at now: Instant) -> [(time: Instant, connection: ConnectionID)] {
    var due: [(Instant, ConnectionID)] = []
    while let first = heap.first, first.time <= now {
      due.append((first.time, first.connection))
      removeFirst()
    }
    armed = nil
    return due
  }

  /// Sets the timerfd to the earliest deadline; cheap when that has not changed.
  mutating func arm() {
    let earliest = heap.first?.time
    guard earliest != armed else { return }
    armed = earliest
    var time = itimerspec()
    if let earliest { time.it_value = Clock.timespec(of: earliest) }
    timerfd_settime(descriptor, Int32(TFD_TIMER_ABSTIME), &time, nil)
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].time < heap[smallest].time {
        smallest = child
      }
      if smallest == parent { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
