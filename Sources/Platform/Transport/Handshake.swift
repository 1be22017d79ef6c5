import Wire

/// The opening handshake of RFC 6455, 4: what we check, and the head libwebsockets gets.
enum Handshake {
  /// The answer to a handshake that no endpoint could accept; nil when it is sound.
  static func refusal(of request: Request) -> Response? {
    if request.header("Sec-WebSocket-Version")?.trimmingSpaces() != "13" {
      return Response(
        status: 426,
        headers: [Header("Sec-WebSocket-Version", "13"), Header("Upgrade", "websocket")],
        body: Array("Sec-WebSocket-Version must be 13\n".utf8))
    }
    let key = request.header("Sec-WebSocket-Key") ?? ""
    guard key.utf8.count == 24, key.hasSuffix("==") else {
      return Response(
        status: 400, body: Array("Sec-WebSocket-Key must be 16 bytes in base64\n".utf8))
    }
    return nil
  }

  /// The smallest head that libwebsockets accepts: our own parser has read the real one.
  static func canonicalHead(of request: Request) -> [UInt8] {
    let key = request.header("Sec-WebSocket-Key") ?? ""
    return Array(
      """
      GET / HTTP/1.1\r
      Host: mockgem\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: \(key)\r
      Sec-WebSocket-Version: 13\r
      \r

      """.utf8)
  }
}
