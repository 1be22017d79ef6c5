/// One `name: value` line of a head; names compare without case.
package struct Header: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// An HTTP request: a plain one with its whole body, or one that asks for a WebSocket.
package struct Request: Hashable, Sendable {
  package let method: String
  /// The request target as the client wrote it, such as `//ws/x?key=k`.
  package let target: String
  /// In the order they came, with the client's own spelling.
  package let headers: [Header]
  package var body: [UInt8]
  /// Whether the connection came through TLS.
  package let isSecure: Bool

  package init(
    method: String = "GET", target: String, headers: [Header] = [], body: [UInt8] = [],
    isSecure: Bool = false
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.isSecure = isSecure
  }

  /// The value of header `name`; several lines are joined as RFC 9110, 5.3 says.
  package func header(_ name: String) -> String? {
    var joined: String?
    for header in headers where header.name.equalsIgnoringCase(name) {
      joined = joined.map { "\($0), \(header.value)" } ?? header.value
    }
    return joined
  }

  /// Whether this is the opening handshake of RFC 6455, 4.1: GET, with `Upgrade: websocket`.
  package var asksForWebSocket: Bool {
    method == "GET" && header("Upgrade")?.lowercased().contains("websocket") == true
  }

  /// The subprotocols the client offers, in its order.
  package var subprotocols: [String] {
    header("Sec-WebSocket-Protocol").map { list in
      list.split(separator: ",").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    } ?? []
  }

  /// The path with repeated slashes made one: google-genai for JavaScript asks for `//ws/…`.
  package var path: String {
    let raw = target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    for byte in raw where byte != UInt8(ascii: "/") || bytes.last != byte { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The last value of query parameter `name`, percent-decoded.
  package func query(_ name: String) -> String? {
    queryItems.last { $0.name == name }?.value
  }

  /// The query parameters in order, percent-decoded.
  package var queryItems: [(name: String, value: String)] {
    guard let mark = target.firstIndex(of: "?") else { return [] }
    let text = target[target.index(after: mark)...].prefix { $0 != "#" }
    return text.split(separator: "&").map { item in
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count == 2 ? percentDecoded(parts[1]) : ""
      return (percentDecoded(parts[0]), value)
    }
  }
}

/// `%41` to `A`, and `+` to a space; a broken escape stays as it is.
private func percentDecoded(_ text: Substring) -> String {
  let bytes = Array(text.utf8)
  var decoded: [UInt8] = []
  var index = 0
  while index < bytes.count {
    if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
      let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
      let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
    {
      decoded.append(UInt8(high * 16 + low))
      index += 3
    } else {
      decoded.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
      index += 1
    }
  }
  return String(decoding: decoded, as: UTF8.self)
}

extension String {
  /// Whether this is `other` but for the case of ASCII letters, as field names compare.
  fileprivate func equalsIgnoringCase(_ other: String) -> Bool {
    func lowercased(_ byte: UInt8) -> UInt8 {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
    return utf8.elementsEqual(other.utf8) { lowercased($0) == lowercased($1) }
  }
}

extension StringProtocol {
  /// Without the spaces and tabs at both ends (the `OWS` of RFC 9110, 5.6.3).
  package func trimmingSpaces() -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
