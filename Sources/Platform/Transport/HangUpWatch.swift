import CSystem
import Glibc
import Synchronization
import VirtualTime

/// Notices that the client of a suspended exchange has left: libmicrohttpd does not look at it.
///
/// A client that has ended only its own side, as `nc` does, looks like one that is gone. It counts
/// as gone when nothing was sent to it for a while.
final class HangUpWatch: Sendable {
  private struct State {
    var exchanges: [UInt64: HTTPExchange] = [:]
    /// Exchanges whose client has ended its side: when to look again, and what was sent until then.
    var suspects: [UInt64: (deadline: Instant, sentBytes: Int)] = [:]
    var lastNumber: UInt64 = 0
    var isStopping = false
  }

  private let poll: Int32
  private let bell: Int32
  private let state = Mutex(State())

  init() throws(TransportError) {
    (poll, bell) = try Sockets.pollAndBell()
    add(bell, as: 0, EPOLLIN.rawValue)
  }

  deinit {
    close(poll)
    close(bell)
  }

  /// Watches the socket of an exchange; returns what `forget` wants.
  func watch(_ descriptor: Int32, of exchange: HTTPExchange) -> UInt64 {
    let number = state.withLock { state in
      state.lastNumber += 1
      state.exchanges[state.lastNumber] = exchange
      return state.lastNumber
    }
    add(descriptor, as: number, EPOLLRDHUP.rawValue | EPOLLET.rawValue)
    return number
  }

  /// To be called before the descriptor is closed.
  func forget(_ number: UInt64, _ descriptor: Int32) {
    epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
    state.withLock { state in
      state.exchanges[number] = nil
      state.suspects[number] = nil
    }
  }

  /// Makes `run` return.
  func stop() {
    state.withLock { $0.isStopping = true }
    eventfd_write(bell, 1)
  }

  func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 128)
    while !state.withLock({ $0.isStopping }) {
      let count = epoll_wait(poll, &events, Int32(events.count), timeout)
      for event in events[..<max(0, Int(count))] where event.data.u64 != 0 {
        let isGone = event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
        if isGone { leave(event.data.u64) } else { suspect(event.data.u64) }
      }
      lookAtSuspects()
    }
  }

  private func add(_ descriptor: Int32, as number: UInt64, _ events: UInt32) {
    var event = epoll_event()
    event.events = events
    event.data.u64 = number
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
  }

  /// The exchange is called without the lock: it holds its own when it calls us.
  private func leave(_ number: UInt64) {
    state.withLock { $0.exchanges[number] }?.leave()
  }

  private func suspect(_ number: UInt64) {
    let exchange = state.withLock { $0.exchanges[number] }
    guard let sentBytes = exchange?.sentBytes else { return }
    state.withLock { state in
      if state.exchanges[number] == nil || state.suspects[number] != nil { return }
      state.suspects[number] = (Clock.now() + Limits.halfClosed, sentBytes)
    }
  }

  private func lookAtSuspects() {
    let now = Clock.now()
    let due = state.withLock { state in state.suspects.filter { $0.value.deadline <= now } }
    for (number, known) in due {
      let exchange = state.withLock { $0.exchanges[number] }
      state.withLock { $0.suspects[number] = nil }
      if exchange?.sentBytes == known.sentBytes {
        exchange?.leave()
      } else {
        suspect(number)
      }
    }
  }

  /// Milliseconds until the first suspect is due; -1 for never.
  private var timeout: Int32 {
    guard let first = state.withLock({ $0.suspects.values.map(\.deadline).min() }) else {
      return -1
    }
    return Int32(max(0, (first - Clock.now()).milliseconds + 1))
  }
}
