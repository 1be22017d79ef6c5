import Wire

/// HTTP/1.1 as bytes, the wrong kind too (RFC 9112). The right kind is the library's.
enum HTTPText {
  static func head(
    _ response: Response, adding headers: [Header], version: String = "1.1"
  ) -> [UInt8] {
    // A reason phrase may be empty, but not the space before it (RFC 9112, 4).
    var text = "HTTP/\(version) \(response.status) \r\n"
    for header in response.headers + headers { text += "\(header.name): \(header.value)\r\n" }
    return Array("\(text)\r\n".utf8)
  }

  /// An answer that claims to have so many bytes.
  static func answer(_ response: Response, claiming count: Int) -> [UInt8] {
    head(response, adding: [Header("Content-Length", "\(count)")])
  }

  /// A head whose body ends with the connection (RFC 9112, 6.3, rule 8).
  static func unframed(_ response: Response) -> [UInt8] {
    head(response, adding: [Header("Connection", "close")], version: "1.0")
  }

  /// RFC 9112, 7.1: the size in hexadecimal, the bytes, and a line end each.
  static func chunkHead(_ count: Int) -> [UInt8] { Array("\(String(count, radix: 16))\r\n".utf8) }
}

extension Passing {
  /// Half of it, as it would have been on the wire; nil for what cannot be halved.
  var half: [UInt8]? {
    switch self {
    case .message(let message):
      let frame = Frame.bytes(opcode: message.opcode.code, message.payload.bytes)
      return Array(frame.prefix(frame.count / 2))
    case .piece(let payload):
      let bytes = payload.bytes
      return HTTPText.chunkHead(bytes.count) + bytes.prefix(bytes.count / 2)
    case .response(let response):
      let body = response.body
      return HTTPText.answer(response, claiming: body.count) + body.prefix(body.count / 2)
    case .upgrade, .head, .close, .finish: return nil
    }
  }
}
