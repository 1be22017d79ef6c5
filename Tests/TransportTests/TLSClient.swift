import COpenSSL
import Glibc

/// A blocking TLS client that tells apart the ways in which a connection ends.
final class TLSClient {
  private(set) var end = End.open
  private let context: OpaquePointer
  private let ssl: OpaquePointer
  private let descriptor: Int32

  /// Connects and shakes hands; with `pause` the hello travels in two halves, that long apart.
  init(port: UInt16, trusting authority: String? = nil, pause: Duration? = nil) throws {
    guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context) else {
      throw RawClient.Failed(errno: ENOMEM)
    }
    self.context = context
    self.ssl = ssl
    descriptor = try RawClient.connected(port: port)
    if let authority {
      SSL_CTX_load_verify_locations(context, authority, nil)
      SSL_set_verify(ssl, SSL_VERIFY_PEER, nil)
      X509_STORE_load_file(SSL_CTX_get_cert_store(context), authority)
    }
    SSL_set_connect_state(ssl)
    if let pause { sendHello(pausing: pause) }
    SSL_set_fd(ssl, descriptor)
    let result = SSL_do_handshake(ssl)
    if result != 1 {
      note(result)
      throw Refused(end: end)
    }
  }

  deinit {
    SSL_free(ssl)
    SSL_CTX_free(context)
    close(descriptor)
  }

  struct Refused: Error { let end: End }

  private func sendHello(pausing pause: Duration) {
    let memory = BIO_new(BIO_s_mem())
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), memory)
    _ = SSL_do_handshake(ssl)
    var hello = [UInt8](repeating: 0, count: 4096)
    let count = Int(BIO_read(memory, &hello, Int32(hello.count)))
    _ = Glibc.send(descriptor, hello, count / 2, 0)
    usleep(UInt32(pause / .microseconds(1)))
    _ = hello.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress?.advanced(by: count / 2), count - count / 2, 0)
    }
  }

  func send(_ text: String) { send(Array(text.utf8)) }
  func send(_ bytes: [UInt8]) { SSL_write(ssl, bytes, Int32(bytes.count)) }

  /// A TCP FIN without a close_notify.
  func finishAbruptly() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// A close_notify; the other side may go on.
  func finish() { SSL_shutdown(ssl) }

  /// The next bytes; empty at the end of the stream, which `end` then tells.
  func receive(_ count: Int = 1 << 14) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    ERR_clear_error()
    let received = SSL_read(ssl, &buffer, Int32(count))
    if received <= 0 { note(received) }
    return Array(buffer.prefix(max(0, Int(received))))
  }

  private func note(_ result: Int32) {
    let number = errno
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_ZERO_RETURN: end = .finished
    case SSL_ERROR_SYSCALL: end = number == ECONNRESET ? .reset : .truncated
    case SSL_ERROR_SSL:
      let reason = mockgem_ssl_reason(ERR_get_error())
      // OpenSSL 3 gives an alert as 1000 and its number.
      end = reason > 1000 ? .alert(reason - 1000) : .truncated
    default: break
    }
  }
}

extension TLSClient: Peer {}
