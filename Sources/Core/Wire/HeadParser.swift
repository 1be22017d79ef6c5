/// Reads the head of an HTTP/1.1 request: the request line and the header fields.
///
/// libwebsockets 4.1 loses headers whose name begins another name it knows, so heads that ask for a
/// WebSocket are read here, and the library gets a canonical one.
package enum HeadParser {
  package enum Result: Hashable, Sendable {
    /// The empty line has not come yet.
    case incomplete
    /// `length` is how many bytes the head takes, with its empty line.
    case head(Request, length: Int)
    case malformed(String)
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Parses the head at the beginning of `bytes`, which may hold more than the head.
  package static func parse(_ bytes: some Collection<UInt8>, isSecure: Bool) -> Result {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    var length = 0
    for byte in bytes {
      length += 1
      if byte != lineFeed {
        line.append(byte)
        continue
      }
      if line.last == carriageReturn { line.removeLast() }
      if line.isEmpty {
        // RFC 9112, 2.2: empty lines before the request line are passed over.
        if lines.isEmpty { continue }
        return request(from: lines, length: length, isSecure: isSecure)
      }
      lines.append(line)
      line = []
    }
    return .incomplete
  }

  private static func request(from lines: [[UInt8]], length: Int, isSecure: Bool) -> Result {
    let words = lines[0].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(isTokenCharacter),
      words[1].allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !words[1].isEmpty,
      words[2].starts(with: "HTTP/1.".utf8)
    else { return .malformed("the request line is not 'METHOD target HTTP/1.1'") }
    var headers: [Header] = []
    for line in lines.dropFirst() {
      // RFC 9112, 5.2: a folded line is refused; it hides headers from one of two parsers.
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
        line[..<colon].allSatisfy(isTokenCharacter)
      else { return .malformed("a header line is not 'Name: value'") }
      headers.append(
        Header(
          String(decoding: line[..<colon], as: UTF8.self),
          String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingSpaces()))
    }
    let request = Request(
      method: String(decoding: words[0], as: UTF8.self),
      target: String(decoding: words[1], as: UTF8.self), headers: headers, isSecure: isSecure)
    return .head(request, length: length)
  }

  /// RFC 9110, 5.6.2.
  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
