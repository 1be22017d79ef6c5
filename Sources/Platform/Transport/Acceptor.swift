import CSystem
import Glibc
import Synchronization
import VirtualTime
import Wire

/// Accepts every connection of the port and decides by its first bytes who serves it.
///
///     accepted --0x16--> TLS pump --plaintext--> accepted
///         |--a WebSocket's whole head--> a loop
///         '--anything else--> libmicrohttpd
///
/// The head is peeked at, not read, until it is complete; edge-triggered events make that cheap.
/// What stays silent is closed.
final class Acceptor: Sendable {
  /// Where a connection goes once it is known what it is.
  struct Destinations: Sendable {
    let webSocket: @Sendable (Int32, Request) -> Void
    let http: @Sendable (Int32, _ isSecure: Bool) -> Void
    /// Nil without TLS.
    let tls: (@Sendable (Int32) -> Void)?
  }

  /// A head that is still coming.
  private struct Pending {
    let deadline: Instant
    let isSecure: Bool
    let admission: Admission
  }

  /// The listeners are left alone until `end`: there were no descriptors.
  private struct Rest {
    var end: Instant?
    /// Until when the log has been told.
    var quietUntil = Instant.start
  }

  private enum Decision {
    case wait
    case tls
    case http
    case webSocket(Request, length: Int)
    case refuse(Response)
  }

  private struct Inbox {
    /// Plaintext ends of TLS connections, to be looked at like any other.
    var decrypted: [Int32] = []
    var isStopping = false
  }

  private let listeners: [Int32]
  private let destinations: Destinations
  private let headTimeout: Duration
  private let admit: @Sendable (_ number: Int) -> Admission
  private let accepted = Atomic(0)
  private let log: @Sendable (LogLine) -> Void
  private let poll: Int32
  private let bell: Int32
  private let inbox = Mutex(Inbox())

  init(
    listeners: [Int32], headTimeout: Duration,
    admit: @escaping @Sendable (_ number: Int) -> Admission, destinations: Destinations,
    log: @escaping @Sendable (LogLine) -> Void
  ) throws(TransportError) {
    self.listeners = listeners
    self.headTimeout = headTimeout
    self.admit = admit
    self.destinations = destinations
    self.log = log
    (poll, bell) = try Sockets.pollAndBell()
    for descriptor in listeners { watch(descriptor, EPOLLIN.rawValue) }
    watch(bell, EPOLLIN.rawValue)
  }

  deinit {
    close(poll)
    close(bell)
  }

  /// Takes the plaintext end of a TLS connection.
  func take(decrypted descriptor: Int32) {
    inbox.withLock { $0.decrypted.append(descriptor) }
    ring()
  }

  /// Makes `run` close the listeners and whatever is undecided, and return.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    ring()
  }

  func run() {
    var pending: [Int32: Pending] = [:]
    var rest = Rest()
    var events = [epoll_event](repeating: epoll_event(), count: 128)
    var buffer = [UInt8](repeating: 0, count: Limits.headBytesMax)
    while !inbox.withLock({ $0.isStopping }) {
      let count = epoll_wait(poll, &events, Int32(events.count), timeout(pending, rest))
      for event in events[..<max(0, Int(count))] {
        let descriptor = event.data.fd
        if listeners.contains(descriptor) {
          accept(from: descriptor, into: &pending, &rest)
        } else if descriptor == bell {
          takeDecrypted(into: &pending)
        } else {
          let ends = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
          look(at: descriptor, hasEnded: event.events & ends != 0, &pending, &buffer)
        }
      }
      closeSilent(&pending)
      endRest(&rest)
    }
    for descriptor in listeners { close(descriptor) }
    for descriptor in pending.keys { close(descriptor) }
    for descriptor in inbox.withLock({ $0.decrypted }) { close(descriptor) }
  }

  private func ring() { eventfd_write(bell, 1) }

  private func watch(_ descriptor: Int32, _ events: UInt32) {
    var event = epoll_event()
    event.events = events
    event.data.fd = descriptor
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
  }

  private func accept(
    from listener: Int32, into pending: inout [Int32: Pending], _ rest: inout Rest
  ) {
    while true {
      let descriptor = mockgem_accept(listener)
      guard descriptor >= 0 else {
        // A peer that left before it was accepted is no reason to stop.
        if errno == ECONNABORTED || errno == EINTR { continue }
        if errno != EAGAIN { begin(&rest, because: Sockets.reason()) }
        return
      }
      Sockets.tune(descriptor)
      let admission = admit(accepted.add(1, ordering: .relaxed).newValue)
      switch admission {
      case .reset: end(descriptor, .reset)
      case .close: end(descriptor, .close)
      case .serve, .ignore, .abortHandshake:
        wait(for: descriptor, isSecure: false, admission, &pending)
      }
    }
  }

  private func end(_ descriptor: Int32, _ abort: Admission.HandshakeAbort) {
    switch abort {
    // RFC 8446, 5.1 and 6: a record of an alert, which is fatal.
    case .alert(let number): Sockets.finish(descriptor, with: [21, 3, 3, 0, 2, 2, number])
    case .close: Sockets.finish(descriptor, with: [])
    case .reset:
      Sockets.reset(descriptor)
      close(descriptor)
    }
  }

  /// A listener that cannot accept stays readable, and would keep the thread busy: for a while
  /// nobody looks at it.
  private func begin(_ rest: inout Rest, because reason: String) {
    let now = Clock.now()
    if rest.quietUntil <= now {
      rest.quietUntil = now + Limits.complaintRest
      log(LogLine(.error, "no connection can be accepted now: \(reason)"))
    }
    guard rest.end == nil else { return }
    rest.end = now + Limits.acceptRest
    for listener in listeners { epoll_ctl(poll, EPOLL_CTL_DEL, listener, nil) }
  }

  private func endRest(_ rest: inout Rest) {
    guard let end = rest.end, end <= Clock.now() else { return }
    rest.end = nil
    for listener in listeners { watch(listener, EPOLLIN.rawValue) }
  }

  private func takeDecrypted(into pending: inout [Int32: Pending]) {
    var count: eventfd_t = 0
    eventfd_read(bell, &count)
    let descriptors = inbox.withLock { inbox in
      defer { inbox.decrypted = [] }
      return inbox.decrypted
    }
    for descriptor in descriptors { wait(for: descriptor, isSecure: true, .serve, &pending) }
  }

  private func wait(
    for descriptor: Int32, isSecure: Bool, _ admission: Admission,
    _ pending: inout [Int32: Pending]
  ) {
    let deadline = admission == .ignore ? Instant.max : Clock.now() + headTimeout
    pending[descriptor] = Pending(
      deadline: deadline, isSecure: isSecure, admission: admission)
    watch(descriptor, EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue)
  }

  private func look(
    at descriptor: Int32, hasEnded: Bool, _ pending: inout [Int32: Pending],
    _ buffer: inout [UInt8]
  ) {
    guard let known = pending[descriptor] else { return }
    if known.admission == .ignore {
      if hasEnded { forget(descriptor, &pending, thenClose: true) }
      return
    }
    let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
    let count = recv(descriptor, &buffer, buffer.count, flags)
    if count < 0, errno == EAGAIN { return }
    guard count > 0 else { return forget(descriptor, &pending, thenClose: true) }
    switch decide(buffer[..<count], isSecure: known.isSecure) {
    case .wait:
      // A peer that has ended its side will never complete the head.
      if hasEnded { forget(descriptor, &pending, thenClose: true) }
    case .tls:
      forget(descriptor, &pending, thenClose: false)
      if case .abortHandshake(let abort) = known.admission { return end(descriptor, abort) }
      if let tls = destinations.tls { tls(descriptor) } else { close(descriptor) }
    case .http:
      forget(descriptor, &pending, thenClose: false)
      destinations.http(descriptor, known.isSecure)
    case .webSocket(let request, let length):
      forget(descriptor, &pending, thenClose: false)
      // The head is taken out of the socket; frames that came early stay in it.
      _ = recv(descriptor, &buffer, length, 0)
      destinations.webSocket(descriptor, request)
    case .refuse(let response):
      forget(descriptor, &pending, thenClose: false)
      Sockets.finish(descriptor, with: Sockets.bytes(of: response))
    }
  }

  private func decide(_ bytes: ArraySlice<UInt8>, isSecure: Bool) -> Decision {
    // A TLS record that opens a handshake (RFC 8446, 5.1); it cannot begin a request.
    if bytes.first == 0x16, !isSecure { return .tls }
    // The opening handshake must be a GET (RFC 6455, 4.1).
    let get = Array("GET ".utf8)
    guard bytes.prefix(4).elementsEqual(get.prefix(min(4, bytes.count))) else { return .http }
    switch HeadParser.parse(bytes, isSecure: isSecure) {
    case .incomplete: return bytes.count >= Limits.headBytesMax ? .http : .wait
    case .malformed: return .http
    case .head(let request, let length):
      guard request.asksForWebSocket else { return .http }
      if let refusal = Handshake.refusal(of: request) { return .refuse(refusal) }
      return .webSocket(request, length: length)
    }
  }

  private func forget(_ descriptor: Int32, _ pending: inout [Int32: Pending], thenClose: Bool) {
    pending[descriptor] = nil
    epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
    if thenClose { close(descriptor) }
  }

  /// Milliseconds until the first pending head is too late, or the rest is over; -1 for never.
  private func timeout(_ pending: [Int32: Pending], _ rest: Rest) -> Int32 {
    let deadlines = pending.values.map(\.deadline) + [rest.end].compactMap { $0 }
    guard let first = deadlines.min() else { return -1 }
    // An ignored connection waits for ever.
    return first == .max ? -1 : Int32(max(0, (first - Clock.now()).milliseconds + 1))
  }

  private func closeSilent(_ pending: inout [Int32: Pending]) {
    if pending.isEmpty { return }
    let now = Clock.now()
    for (descriptor, known) in pending where known.deadline <= now {
      forget(descriptor, &pending, thenClose: false)
      Sockets.finish(descriptor, with: Sockets.bytes(of: Response(status: 408)))
    }
  }
}
