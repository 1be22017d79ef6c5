import CSystem
import Glibc
import Wire

/// The socket calls, with their pointers.
enum Sockets {
  /// A listener on one literal address, IPv4 or IPv6, and the port it really has.
  static func listen(_ address: String, port: UInt16) throws(TransportError) -> (
    descriptor: Int32, port: UInt16
  ) {
    let isIPv6 = address.contains(":")
    let family = isIPv6 ? AF_INET6 : AF_INET
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .unavailable("no socket: \(reason())") }
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    if isIPv6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    do throws(TransportError) {
      var bound = try socketAddress(address, port: port)
      let size = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let result = withSocketAddress(&bound) { bind(descriptor, $0, addressLength(isIPv6)) }
      guard result == 0, Glibc.listen(descriptor, SOMAXCONN) == 0 else {
        throw bindError(address, port)
      }
      var length = size
      _ = withSocketAddress(&bound) { getsockname(descriptor, $0, &length) }
      return (descriptor, self.port(of: bound))
    } catch {
      close(descriptor)
      throw error
    }
  }

  static func setNoDelay(_ descriptor: Int32) {
    set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  static func setNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
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

  private static func bindError(_ address: String, _ port: UInt16) -> TransportError {
    switch errno {
    case EADDRINUSE:
      .unavailable(
        "port \(port) on \(address) is in use",
        hint: "stop what listens there, or choose another with --port (0 takes any free one)")
    case EACCES:
      .unavailable(
        "port \(port) is not ours to open: \(reason())", hint: "choose one above 1023 with --port")
    case EADDRNOTAVAIL:
      .unavailable("this machine has no address \(address)", hint: "leave --host out for loopback")
    default: .unavailable("cannot listen on \(address) port \(port): \(reason())")
    }
  }

  private static func socketAddress(_ address: String, port: UInt16) throws(TransportError)
    -> sockaddr_storage
  {
    var storage = sockaddr_storage()
    let isGood: Bool =
      if address.contains(":") {
        withUnsafeMutablePointer(to: &storage) {
          $0.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
            $0.pointee.sin6_family = sa_family_t(AF_INET6)
            $0.pointee.sin6_port = port.bigEndian
            return inet_pton(AF_INET6, address, &$0.pointee.sin6_addr) == 1
          }
        }
      } else {
        withUnsafeMutablePointer(to: &storage) {
          $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            $0.pointee.sin_family = sa_family_t(AF_INET)
            $0.pointee.sin_port = port.bigEndian
            return inet_pton(AF_INET, address, &$0.pointee.sin_addr) == 1
          }
        }
      }
    guard isGood else {
      throw .unavailable(
        "'\(address)' is no address", hint: "'localhost', or a literal such as 127.0.0.1 or ::1")
    }
    return storage
  }

  private static func addressLength(_ isIPv6: Bool) -> socklen_t {
    socklen_t(isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
  }

  private static func withSocketAddress(
    _ storage: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32
  ) -> Int32 {
    withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }

  /// Both families keep the port at the same place.
  private static func port(of storage: sockaddr_storage) -> UInt16 {
    var storage = storage
    return withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        UInt16(bigEndian: $0.pointee.sin_port)
      }
    }
  }
}
