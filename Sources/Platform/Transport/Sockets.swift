import CSystem
import Glibc
import Wire

/// The socket calls, with their pointers.
enum Sockets {
  /// A non-blocking listener on one literal address, IPv4 or IPv6, and the port it really has.
  static func listen(_ address: String, port: UInt16) throws(TransportError) -> (
    descriptor: Int32, port: UInt16
  ) {
    var real = port
    let result = mockgem_listen(address, &real)
    guard result >= 0 else { throw listenError(-result, address, port) }
    return (result, real)
  }

  /// What a thread sleeps on, and what wakes it.
  static func pollAndBell() throws(TransportError) -> (poll: Int32, bell: Int32) {
    let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    let bell = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard poll >= 0, bell >= 0 else {
      let reason = reason()
      if poll >= 0 { close(poll) }
      if bell >= 0 { close(bell) }
      throw .unavailable("cannot wait for connections: \(reason)")
    }
    return (poll, bell)
  }

  /// Sends what is written at once, and lets little wait in the kernel for a slow reader: pings
  /// would come minutes late behind it.
  static func tune(_ descriptor: Int32) {
    set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    set(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, Limits.unsentBytesMax)
  }

  /// Holds small segments back while true; the plaintext end of a TLS connection ignores it.
  static func setCork(_ descriptor: Int32, _ isOn: Bool) {
    set(descriptor, Int32(IPPROTO_TCP), TCP_CORK, isOn ? 1 : 0)
  }

  /// How many bytes have not arrived at the peer's machine.
  static func unsentBytes(_ descriptor: Int32) -> Int { Int(mockgem_unsent(descriptor)) }

  /// Whether both directions have ended: of a pair of ours, that the other end is closed.
  static func isHungUp(_ descriptor: Int32) -> Bool {
    var state = pollfd(fd: descriptor, events: 0, revents: 0)
    return Glibc.poll(&state, 1, 0) > 0 && Int32(state.revents) & (POLLHUP | POLLERR) != 0
  }

  /// Which socket it is, whatever descriptor stands for it; nil for one of the network.
  static func localIdentity(_ descriptor: Int32) -> UInt64? {
    var family: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length)
    var status = stat()
    guard family == AF_UNIX, fstat(descriptor, &status) == 0 else { return nil }
    return UInt64(status.st_ino)
  }

  /// Ends our direction.
  static func halfClose(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends both directions, which every owner of a descriptor notices.
  static func shutDown(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Sends a TCP reset at once. The descriptor stays its owner's to close.
  static func reset(_ descriptor: Int32) {
    setCork(descriptor, false)
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    // Without this the libraries' own shutdown comes first, and the peer sees an orderly end.
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }

  /// Writes what the socket takes at once, ends our side, and closes. For last words that fit into
  /// the socket's buffer.
  static func finish(_ descriptor: Int32, with bytes: [UInt8]) {
    if !bytes.isEmpty { _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    shutdown(descriptor, Int32(SHUT_WR))
    // Unread bytes would turn the close into a reset, which eats the words just sent.
    var sink = [UInt8](repeating: 0, count: 4096)
    while recv(descriptor, &sink, sink.count, Int32(MSG_DONTWAIT)) > 0 {}
    close(descriptor)
  }

  /// An HTTP/1.1 answer as bytes; the connection ends with it.
  static func bytes(of response: Response) -> [UInt8] {
    var head = "HTTP/1.1 \(response.status) \(reasonPhrase(response.status))\r\n"
    for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
    head += "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
    return Array(head.utf8) + response.body
  }

  /// RFC 9110, 15; a status without a phrase is fine too.
  private static func reasonPhrase(_ status: Int) -> String {
    let phrases = [
      400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
      408: "Request Timeout", 426: "Upgrade Required", 429: "Too Many Requests",
      431: "Request Header Fields Too Large", 500: "Internal Server Error",
      503: "Service Unavailable",
    ]
    return phrases[status] ?? ""
  }

  static func reason() -> String { String(cString: strerror(errno)).lowercased() }

  private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func listenError(_ error: Int32, _ address: String, _ port: UInt16)
    -> TransportError
  {
    let reason = String(cString: strerror(error)).lowercased()
    switch error {
    case EINVAL:
      return .unavailable(
        "'\(address)' is no address", hint: "'localhost', or a literal such as 127.0.0.1 or ::1")
    case EADDRINUSE:
      return .unavailable(
        "port \(port) on \(address) is in use",
        hint: "stop what listens there, or choose another with --port (0 takes any free one)")
    case EACCES:
      return .unavailable(
        "port \(port) is not ours to open: \(reason)", hint: "choose one above 1023 with --port")
    case EADDRNOTAVAIL, EAFNOSUPPORT:
      return .addressMissing(
        "this machine has no address \(address)", hint: "leave --host out for loopback")
    default: return .unavailable("cannot listen on \(address) port \(port): \(reason)")
    }
  }
}
