import COpenSSL
import CSystem
import Glibc
import Synchronization
import VirtualTime
import Wire

/// Ends TLS: takes accepted sockets, gives plaintext ones in return, and moves the bytes between.
///
/// Everything behind it sees plaintext, so routing and faults work the same with and without TLS.
/// `@unchecked Sendable`: the connections belong to the pump's thread; others reach the inbox only.
final class TLSPump: @unchecked Sendable {
  private struct Inbox {
    var accepted: [Int32] = []
    var isStopping = false
  }

  private let context: OpaquePointer
  private let poll: Int32
  private let bell: Int32
  private let inbox = Mutex(Inbox())
  /// Called on the pump's thread with the plaintext end of each new connection.
  private let opened: @Sendable (Int32) -> Void
  private var connections: [UInt64: TLSConnection] = [:]
  /// How open connections end, by the identity of their plaintext end.
  private let endings = Mutex<[UInt64: TLSConnection.Ending]>([:])
  private var resetting: Set<UInt64> = []
  private var nextNumber: UInt64 = 1
  private var scratch = [UInt8](repeating: 0, count: 32 << 10)

  init(certificate: CertificateFiles, opened: @escaping @Sendable (Int32) -> Void)
    throws(TransportError)
  {
    self.opened = opened
    guard let context = SSL_CTX_new(TLS_server_method()) else {
      throw .unavailable("OpenSSL could not be set up")
    }
    self.context = context
    do {
      (poll, bell) = try Sockets.pollAndBell()
    } catch {
      SSL_CTX_free(context)
      throw error
    }
    mockgem_ssl_configure(context)
    guard SSL_CTX_use_certificate_chain_file(context, certificate.chain) == 1 else {
      throw .badInput(
        "cannot use the certificate '\(certificate.chain)': \(Self.reason())",
        hint: "a PEM file with the server's certificate first")
    }
    guard SSL_CTX_use_PrivateKey_file(context, certificate.key, SSL_FILETYPE_PEM) == 1 else {
      throw .badInput(
        "cannot use the key '\(certificate.key)': \(Self.reason())",
        hint: "a PEM file with the private key of the certificate, without a password")
    }
    watch(bell, as: 0, EPOLLIN.rawValue)
  }

  deinit {
    SSL_CTX_free(context)
    close(poll)
    close(bell)
  }

  /// Takes an accepted socket whose client began a TLS handshake.
  @Sendable func take(_ descriptor: Int32) {
    inbox.withLock { $0.accepted.append(descriptor) }
    eventfd_write(bell, 1)
  }

  /// How a connection is to end when its plaintext end is closed. To be said before it is.
  func end(_ identity: UInt64, _ ending: TLSConnection.Ending) {
    endings.withLock { if $0[identity] != nil { $0[identity] = ending } }
  }

  /// Makes `run` return once what is open has been sent, or after a grace.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    eventfd_write(bell, 1)
  }

  func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 128)
    var stopDeadline: Instant?
    while true {
      let count = epoll_wait(poll, &events, Int32(events.count), timeout)
      takeInbox()
      for event in events[..<max(0, Int(count))] {
        if event.data.u64 == 0 {
          var count: eventfd_t = 0
          eventfd_read(bell, &count)
        } else if let connection = connections[event.data.u64] {
          progress(connection, event.data.u64)
        }
      }
      let now = Clock.now()
      for (number, connection) in connections where connection.deadline ?? .max <= now {
        remove(connection, number)
      }
      if stopDeadline == nil, inbox.withLock({ $0.isStopping }) {
        stopDeadline = now + Limits.stopGrace / 2
      }
      if let stopDeadline, connections.isEmpty || stopDeadline <= now { break }
    }
    for (number, connection) in connections { remove(connection, number) }
  }

  /// Milliseconds to sleep; -1 for ever. Nothing tells when a peer has taken all before a reset.
  private var timeout: Int32 {
    if !resetting.isEmpty { return 2 }
    return connections.isEmpty ? -1 : 500
  }

  private func takeInbox() {
    let descriptors = inbox.withLock { inbox in
      defer { inbox.accepted = [] }
      return inbox.accepted
    }
    for descriptor in descriptors { open(descriptor) }
    for number in resetting {
      if let connection = connections[number] { progress(connection, number) }
    }
  }

  private func open(_ descriptor: Int32) {
    var pair: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0, let ssl = SSL_new(context) else {
      close(descriptor)
      return
    }
    SSL_set_fd(ssl, descriptor)
    SSL_set_accept_state(ssl)
    let connection = TLSConnection(
      ssl: ssl, outer: descriptor, inner: pair[0], served: pair[1],
      deadline: Clock.now() + Limits.handshake)
    let number = nextNumber
    nextNumber += 1
    connections[number] = connection
    endings.withLock { $0[connection.identity] = .orderly }
    let both = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
    watch(connection.inner, as: number, both)
    watch(connection.outer, as: number, both)
  }

  private func progress(_ connection: TLSConnection, _ number: UInt64) {
    let outcome = connection.progress(through: &scratch) {
      endings.withLock { $0[connection.identity] ?? .orderly }
    }
    switch outcome {
    case .open:
      if let served = connection.takeServed() { opened(served) }
      if connection.isResetting { resetting.insert(number) }
    case .over: remove(connection, number)
    }
  }

  private func remove(_ connection: TLSConnection, _ number: UInt64) {
    connections[number] = nil
    endings.withLock { $0[connection.identity] = nil }
    resetting.remove(number)
    connection.end()
  }

  private func watch(_ descriptor: Int32, as number: UInt64, _ events: UInt32) {
    var event = epoll_event()
    event.events = events
    event.data.u64 = number
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
  }

  private static func reason() -> String {
    defer { ERR_clear_error() }
    guard let reason = ERR_reason_error_string(ERR_get_error()) else { return "unknown reason" }
    return String(cString: reason)
  }
}
