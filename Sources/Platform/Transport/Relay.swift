import CSystem
import Glibc
import Synchronization
import VirtualTime
import Wire

/// A thread between chosen connections and the library that serves them, where bytes are held back,
/// slowed down, added and left out.
///
/// It knows no protocol but the frames that pongs come in, so WebSockets and exchanges, with and
/// without TLS, misbehave alike; and a connection that behaves never meets it.
/// `@unchecked Sendable`: the connections belong to its thread; others reach the inbox only.
final class Relay: @unchecked Sendable {
  /// How the thread finds a connection.
  struct Key: Hashable, Sendable { fileprivate let number: UInt64 }

  private struct Order: Sendable {
    let key: Key
    let command: WireCommand
    let done: @Sendable () -> Void
  }

  private struct Addition: Sendable {
    let key: Key
    let outer: Int32
    let inner: Int32
    let commands: [WireCommand]
    let over: @Sendable () -> Void
  }

  private struct Inbox: Sendable {
    var added: [Addition] = []
    var orders: [Order] = []
    var lastNumber: UInt64 = 0
    var isStopping = false
  }

  private let poll: Int32
  private let bell: Int32
  private let inbox = Mutex(Inbox())
  private let finish: @Sendable (_ outer: Int32, _ ending: TLSConnection.Ending) -> Void
  private var connections: [Key: RelayedConnection] = [:]
  /// Until then nothing is done that time alone asks for. Where many connections are slowed, each
  /// piece wakes a client: those that are healthy need the processor more.
  private var restEnd = Instant.start
  private var scratch = [UInt8](repeating: 0, count: 32 << 10)

  /// `finish` ends the outer socket of a connection that has nothing more to send.
  init(finish: @escaping @Sendable (_ outer: Int32, _ ending: TLSConnection.Ending) -> Void)
    throws(TransportError)
  {
    self.finish = finish
    (poll, bell) = try Sockets.pollAndBell()
    watch(bell, as: 0, EPOLLIN.rawValue)
  }

  deinit {
    close(poll)
    close(bell)
  }

  /// Steps between the connection and `descriptor`, whose owner need not know, but must have
  /// nothing in its own buffers. The commands come before all that it writes from now on. Nil when
  /// there are no descriptors left. `over` is called on the relay's thread when the connection has
  /// ended.
  func interpose(
    on descriptor: Int32, commands: [WireCommand] = [],
    over: @escaping @Sendable () -> Void = {}
  ) -> Key? {
    // Libraries hold small segments back; the relay decides what travels together.
    Sockets.setCork(descriptor, false)
    Sockets.tune(descriptor)
    var outer: Int32 = -1
    var inner: Int32 = -1
    guard mockgem_interpose(descriptor, &outer, &inner) == 0 else { return nil }
    let key = inbox.withLock { inbox in
      inbox.lastNumber += 1
      let key = Key(number: inbox.lastNumber)
      inbox.added.append(
        Addition(key: key, outer: outer, inner: inner, commands: commands, over: over))
      return key
    }
    ring()
    return key
  }

  /// Has a command carried out behind what the descriptor's owner has written. It may write again
  /// when `done` is called, on the relay's thread.
  func order(_ command: WireCommand, on key: Key, done: @escaping @Sendable () -> Void) {
    inbox.withLock { $0.orders.append(Order(key: key, command: command, done: done)) }
    ring()
  }

  /// Makes `run` close everything and return.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    ring()
  }

  func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 128)
    while true {
      let count = epoll_wait(poll, &events, Int32(events.count), timeout)
      for event in events[..<max(0, Int(count))] {
        if event.data.u64 == 0 {
          var count: eventfd_t = 0
          eventfd_read(bell, &count)
        } else {
          let key = Key(number: event.data.u64)
          connections[key]?.stir()
          progress(key)
        }
      }
      if takeInbox() { break }
      progressInTime()
    }
    for connection in connections.values { connection.close() }
  }

  private func progressInTime() {
    let now = Clock.now()
    if now < restEnd { return }
    for (key, connection) in connections where connection.wake ?? .max <= now { progress(key) }
    let end = Clock.now()
    restEnd = end + (end - now) * Limits.relayRest
  }

  private func ring() { eventfd_write(bell, 1) }

  /// True when the thread is to end.
  private func takeInbox() -> Bool {
    let (added, orders, isStopping) = inbox.withLock { inbox in
      defer {
        inbox.added = []
        inbox.orders = []
      }
      return (inbox.added, inbox.orders, inbox.isStopping)
    }
    for added in added {
      let (key, outer, inner) = (added.key, added.outer, added.inner)
      let connection = RelayedConnection(
        outer: outer, inner: inner, finish: finish, over: added.over)
      connections[key] = connection
      for command in added.commands { connection.add(command) }
      let both = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
      watch(outer, as: key.number, both)
      watch(inner, as: key.number, both)
    }
    let now = Clock.now()
    for order in orders {
      connections[order.key]?.take(order.command, through: &scratch, at: now)
      order.done()
    }
    for key in Set(orders.map(\.key)) { progress(key) }
    return isStopping
  }

  private func progress(_ key: Key) {
    guard let connection = connections[key] else { return }
    switch connection.progress(through: &scratch, at: Clock.now()) {
    case .open: break
    case .over:
      connections[key] = nil
      connection.close()
      connection.over()
    }
  }

  /// Milliseconds until a connection wants to be woken; -1 for never.
  private var timeout: Int32 {
    guard let first = connections.values.compactMap(\.wake).min() else { return -1 }
    let rest = (max(first, restEnd) - Clock.now()).nanoseconds
    return Int32(clamping: max(0, (rest + 999_999) / 1_000_000))
  }

  private func watch(_ descriptor: Int32, as number: UInt64, _ events: UInt32) {
    var event = epoll_event()
    event.events = events
    event.data.u64 = number
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
  }
}
