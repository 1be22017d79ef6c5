/// One `name: value` line of a head; names compare without case.
package struct Header: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One `name=value` of a query, percent-decoded.
package struct QueryItem: Hashable, Sendable {
  package let name: String
  package let value: String
}

/// An HTTP request: a plain one with its whole body, or one that asks for a WebSocket.
package struct Request: Hashable, Sendable {
  package let method: String
  /// The request target as the client wrote it, such as `//ws/x?key=k`.
  package let target: String
  /// The path with repeated slashes made one: google-genai for JavaScript asks for `//ws/…`.
  package let path: String
  /// The words of the path between its slashes.
  package let pathWords: [String]
  /// The query parameters in order.
  package let queryItems: [QueryItem]
  /// In the order they came, with the client's own spelling.
  package let headers: [Header]
  /// Whether this is the opening handshake of RFC 6455, 4.1: GET, with `Upgrade: websocket`.
  package let asksForWebSocket: Bool
  package var body: [UInt8]
  /// The body in place of `body`, where the application wanted it kept outside of memory.
  package var blob: BlobReference?
  /// Whether the connection came through TLS.
  package let isSecure: Bool

  package init(
    method: String = "GET", target: String, headers: [Header] = [], body: [UInt8] = [],
    isSecure: Bool = false
  ) {
    self.method = method
    self.target = target
    // Many ask for these, so they are worked out once.
    (path, pathWords, queryItems) = Request.parts(of: target.utf8)
    self.headers = headers
    asksForWebSocket =
      method == "GET"
      && Self.value(of: "Upgrade", in: headers)?.lowercased().contains("websocket") == true
    self.body = body
    self.isSecure = isSecure
  }

  /// The body, wherever it is kept.
  package var contents: any Blob { blob?.blob ?? MemoryBlob(body) }

  /// The value of header `name`; several lines are joined as RFC 9110, 5.3 says.
  package func header(_ name: String) -> String? { Self.value(of: name, in: headers) }

  private static func value(of name: String, in headers: [Header]) -> String? {
    var joined: String?
    for header in headers where header.name.equalsIgnoringCase(name) {
      joined = joined.map { "\($0), \(header.value)" } ?? header.value
    }
    return joined
  }

  /// The subprotocols the client offers, in its order.
  package var subprotocols: [String] {
    header("Sec-WebSocket-Protocol").map { list in
      list.split(separator: ",").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    } ?? []
  }

  /// The last value of query parameter `name`, percent-decoded.
  package func query(_ name: String) -> String? {
    queryItems.last { $0.name == name }?.value
  }

  private static func parts(of target: String.UTF8View)
    -> (path: String, words: [String], items: [QueryItem])
  {
    let slash = UInt8(ascii: "/")
    let bytes = Array(target)
    let whole = bytes.prefix { $0 != UInt8(ascii: "#") }
    let raw = whole.prefix { $0 != UInt8(ascii: "?") }
    var path: [UInt8] = []
    path.reserveCapacity(raw.count)
    var words: [String] = []
    var start = 0
    for byte in raw {
      if byte == slash {
        if path.last == slash { continue }
        if start < path.count { words.append(String(decoding: path[start...], as: UTF8.self)) }
        start = path.count + 1
      }
      path.append(byte)
    }
    if start < path.count { words.append(String(decoding: path[start...], as: UTF8.self)) }
    let items = whole[raw.endIndex...].dropFirst().split(separator: UInt8(ascii: "&"))
    return (String(decoding: path, as: UTF8.self), words, items.map(queryItem))
  }

  private static func queryItem(_ item: ArraySlice<UInt8>) -> QueryItem {
    let name = item.prefix { $0 != UInt8(ascii: "=") }
    return QueryItem(
      name: percentDecoded(name), value: percentDecoded(item[name.endIndex...].dropFirst()))
  }
}

/// `%41` to `A`, and `+` to a space; a broken escape stays as it is.
private func percentDecoded(_ text: ArraySlice<UInt8>) -> String {
  let bytes = Array(text)
  var decoded: [UInt8] = []
  decoded.reserveCapacity(bytes.count)
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
      byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
    let left = utf8Span.span
    let right = other.utf8Span.span
    if left.count != right.count { return false }
    for index in left.indices where lowercased(left[index]) != lowercased(right[index]) {
      return false
    }
    return true
  }
}

extension StringProtocol {
  /// Without the spaces and tabs at both ends (the `OWS` of RFC 9110, 5.6.3).
  package func trimmingSpaces() -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
