package import JSON
package import Wire

/// A piece of a body that is one server-sent event: its name, and the JSON of its data.
package struct EventText: Sendable {
  /// The value of the `event:` line.
  package let name: String?
  package let json: JSONValue?
  private let before: [UInt8]
  private let after: [UInt8]

  /// Nil when the piece holds no line of data.
  package init?(_ piece: Payload) { self.init(piece.bytes) }

  init?(_ bytes: [UInt8]) {
    var lines: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
      lines.append(start..<end)
      start = end + 1
    }
    func value(_ field: String) -> Range<Int>? {
      let prefix = Array("\(field):".utf8)
      guard let line = lines.first(where: { bytes[$0].starts(with: prefix) }) else { return nil }
      let text = line.dropFirst(prefix.count)
      return bytes[text].first == 0x20 ? text.dropFirst() : text
    }
    guard let data = value("data") else { return nil }
    name = value("event").map { String(decoding: bytes[$0], as: UTF8.self) }
    json = try? JSONValue(parsing: Array(bytes[data]))
    before = Array(bytes[..<data.lowerBound])
    after = Array(bytes[data.upperBound...])
  }

  /// The same event with other data.
  func with(_ data: [UInt8]) -> [UInt8] { before + data + after }

  /// The same event with data on as many lines as `data` has.
  func with(lines data: [UInt8]) -> [UInt8] {
    let lineEnd = after.starts(with: [0x0D, 0x0A]) ? [0x0D, 0x0A] : Array(after.prefix(1))
    let lines = data.split(separator: 0x0A).map(Array.init)
    return before + Array(lines.joined(separator: lineEnd + Array("data: ".utf8))) + after
  }

  /// The same event, begun and never ended: without the blank line behind it.
  func unended(_ data: [UInt8]) -> [UInt8] { before + data + [0x0A] }
}
