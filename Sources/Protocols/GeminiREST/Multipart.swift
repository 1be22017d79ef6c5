import Wire

/// Bodies of several parts: RFC 2046, 5.1.
enum Multipart {
  struct Part: Hashable, Sendable {
    let contentType: String
    let body: [UInt8]
  }

  /// More parts than any protocol here has.
  private static let partsMax = 16

  /// Nil when the body does not hold what its type says.
  static func parts(of body: [UInt8], contentType: String) -> [Part]? {
    guard let boundary = boundary(contentType), !boundary.isEmpty else { return nil }
    let mark = Array("--\(boundary)".utf8)
    var parts: [Part] = []
    guard var place = findLine(mark, in: body, from: 0) else { return nil }
    while parts.count < partsMax {
      place += mark.count
      if body[place...].starts(with: "--".utf8) { return parts }
      guard let start = find([0x0A], in: body, from: place),
        let end = findLine(mark, in: body, from: start)
      else { return nil }
      parts.append(part(body[(start + 1)..<end]))
      place = end
    }
    return nil
  }

  private static func boundary(_ contentType: String) -> String? {
    for field in contentType.split(separator: ";").dropFirst() {
      let field = field.trimmingSpaces()
      guard field.lowercased().hasPrefix("boundary=") else { continue }
      return field.dropFirst(9).filter { $0 != "\"" && $0 != "'" }
    }
    return nil
  }

  /// Headers, an empty line, and the body without the line break that belongs to the boundary.
  private static func part(_ bytes: ArraySlice<UInt8>) -> Part {
    var rest = bytes
    var contentType = ""
    while let feed = rest.firstIndex(of: 0x0A) {
      let line = String(decoding: rest[..<feed], as: UTF8.self).filter {
        $0 != "\r" && $0 != "\r\n"
      }
      rest = rest[(feed + 1)...]
      if line.isEmpty { break }
      if line.lowercased().hasPrefix("content-type:") {
        contentType = line.dropFirst(13).trimmingSpaces()
      }
    }
    if rest.last == 0x0A { rest.removeLast() }
    if rest.last == 0x0D { rest.removeLast() }
    return Part(contentType: contentType, body: Array(rest))
  }

  /// Where a line that begins with `mark` does: in the middle of one it is data.
  private static func findLine(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var start = start
    while let place = find(mark, in: bytes, from: start) {
      if place == 0 || bytes[place - 1] == 0x0A { return place }
      start = place + 1
    }
    return nil
  }

  /// Where `word` begins at or behind `start`.
  private static func find(_ word: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var place = start
    while place + word.count <= bytes.count {
      guard let next = bytes[place...].firstIndex(of: word[0]), next + word.count <= bytes.count
      else { return nil }
      if bytes[next..<(next + word.count)].elementsEqual(word) { return next }
      place = next + 1
    }
    return nil
  }
}
