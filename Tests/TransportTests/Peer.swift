/// A client of bytes, in plaintext or through TLS.
protocol Peer: AnyObject {
  /// How the stream ended, once `receive` has come to its end.
  var end: End { get }
  func send(_ bytes: [UInt8])
  /// Ends our side; the other may go on.
  func finish()
  /// The next bytes, at most `count`; empty at the end of the stream.
  func receive(_ count: Int) -> [UInt8]
}

/// How the peer ended, as a library on the client's side would report it.
enum End: Hashable {
  case open
  /// With a TCP FIN, behind a close_notify where there is TLS (RFC 8446, 6.1).
  case finished
  /// A TCP FIN in the middle of TLS.
  case truncated
  case reset
  /// An alert of the peer's; the number is RFC 8446's.
  case alert(Int32)
}

extension Peer {
  func send(_ text: String) { send(Array(text.utf8)) }

  func receive(exactly count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = receive(count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// Everything until the stream ends.
  func receiveAll() -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = receive(1 << 16)
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// Everything until the stream ends, as text.
  func receiveText() -> String { String(decoding: receiveAll(), as: UTF8.self) }

  /// Up to the empty line that ends a head.
  func receiveHead() -> String {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let byte = receive(1)
      if byte.isEmpty { break }
      bytes += byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The next frame: its opcode and payload.
  func receiveFrame() -> (opcode: UInt8, payload: [UInt8])? {
    let head = receive(exactly: 2)
    guard head.count == 2 else { return nil }
    let lengthBytes = head[1] == 127 ? 8 : head[1] == 126 ? 2 : 0
    let long = receive(exactly: lengthBytes).reduce(0) { $0 << 8 | Int($1) }
    return (head[0] & 15, receive(exactly: lengthBytes > 0 ? long : Int(head[1])))
  }
}
