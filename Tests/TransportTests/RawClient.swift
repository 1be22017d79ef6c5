import Glibc

/// A blocking TCP client that speaks bytes, so that tests see exactly what is on the wire.
final class RawClient: Peer {
  private let descriptor: Int32
  /// The error that ended `receive`, such as ECONNRESET; EAGAIN when nothing came for five seconds.
  private(set) var failure: Int32 = 0
  private(set) var end = End.open

  /// Connects to a port of 127.0.0.1, or of ::1.
  init(
    port: UInt16, isIPv6: Bool = false, receiveBuffer: Int32? = nil, patience: Int = 5
  ) throws {
    descriptor = try RawClient.connected(
      port: port, isIPv6: isIPv6, receiveBuffer: receiveBuffer, patience: patience)
  }

  static func connected(
    port: UInt16, isIPv6: Bool = false, receiveBuffer: Int32? = nil, patience: Int = 5
  ) throws -> Int32 {
    let descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    if var receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4)
    }
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    getaddrinfo(isIPv6 ? "::1" : "127.0.0.1", String(port), &hints, &list)
    defer { freeaddrinfo(list) }
    guard let address = list?.pointee,
      connect(descriptor, address.ai_addr, address.ai_addrlen) == 0
    else {
      close(descriptor)
      throw Failed(errno: errno)
    }
    return descriptor
  }

  deinit { close(descriptor) }

  struct Failed: Error { let errno: Int32 }

  func send(_ bytes: [UInt8]) {
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Ends our side; the other may go on.
  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next bytes, at most `count`; empty at the end of the stream.
  func receive(_ count: Int = 1 << 16) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let received = recv(descriptor, &buffer, count, 0)
    if received < 0 { failure = errno }
    if received <= 0 { end = received == 0 ? .finished : errno == ECONNRESET ? .reset : .open }
    return Array(buffer.prefix(max(0, received)))
  }

  // MARK: - WebSocket

  static func handshake(_ path: String = "/ws", headers: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      + headers + "\r\n"
  }

  /// A frame of at most 125 bytes, masked with zeros.
  static func frame(_ payload: [UInt8], opcode: UInt8 = 1, isLast: Bool = true) -> [UInt8] {
    [(isLast ? 0x80 : 0) | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
  }
}
