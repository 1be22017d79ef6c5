/// How the text of a value is laid out.
package enum JSONLayout: Hashable, Sendable {
  /// No spaces.
  case compact
  /// One line, with a space behind each colon.
  case line
  /// A line for each member and element, indented by two spaces a level.
  case pretty
}

/// Writes JSON, compact unless the layout says otherwise: member order and number text as they are,
/// `/` unescaped.
struct JSONWriter {
  /// Below this many bytes a copy is cheaper than one more piece to keep and walk.
  private static let shareBytesMin = 1024
  private(set) var pieces: [[UInt8]] = []
  private var buffer: [UInt8] = []
  private let layout: JSONLayout
  private var depth = 0

  init(_ layout: JSONLayout = .compact) {
    self.layout = layout
    buffer.reserveCapacity(1024)
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: buffer += "null".utf8
    case .bool(let bool): buffer += (bool ? "true" : "false").utf8
    case .number(let number): buffer += number.text.utf8
    case .string(let text): quote(text)
    case .shared(let text): quote(text)
    case .array(let elements):
      buffer.append(UInt8(ascii: "["))
      depth += 1
      for index in elements.indices {
        separate(index)
        write(elements[index])
      }
      close(UInt8(ascii: "]"), isEmpty: elements.isEmpty)
    case .object(let object):
      buffer.append(UInt8(ascii: "{"))
      depth += 1
      for index in object.members.indices {
        separate(index)
        quote(object.members[index].name)
        buffer.append(UInt8(ascii: ":"))
        if layout != .compact { buffer.append(UInt8(ascii: " ")) }
        write(object.members[index].value)
      }
      close(UInt8(ascii: "}"), isEmpty: object.isEmpty)
    }
  }

  /// What stands before the member or element `index`.
  private mutating func separate(_ index: Int) {
    if index > 0 { buffer.append(UInt8(ascii: ",")) }
    breakLine()
  }

  private mutating func close(_ bracket: UInt8, isEmpty: Bool) {
    depth -= 1
    if !isEmpty { breakLine() }
    buffer.append(bracket)
  }

  private mutating func breakLine() {
    guard layout == .pretty else { return }
    let indentation = 2 * depth
    buffer.append(addingCapacity: 1 + indentation) { output in
      output.append(UInt8(ascii: "\n"))
      output.append(repeating: UInt8(ascii: " "), count: indentation)
    }
  }

  mutating func finish() -> [[UInt8]] {
    pieces.append(buffer)
    return pieces
  }

  private mutating func quote(_ text: SharedText) {
    buffer.append(UInt8(ascii: "\""))
    if text.bytes.count < Self.shareBytesMin {
      buffer += text.bytes
    } else {
      pieces.append(buffer)
      pieces.append(text.bytes)
      buffer = []
    }
    buffer.append(UInt8(ascii: "\""))
  }

  private mutating func quote(_ text: String) {
    let bytes = text.utf8Span.span
    var plainCount = 0
    buffer.append(addingCapacity: bytes.count + 2) { output in
      output.append(UInt8(ascii: "\""))
      var index = 0
      while index < bytes.count, !Self.needsEscape(bytes[index]) {
        output.append(bytes[index])
        index += 1
      }
      plainCount = index
      if index == bytes.count { output.append(UInt8(ascii: "\"")) }
    }
    if plainCount == bytes.count { return }
    for index in plainCount..<bytes.count { escape(bytes[index]) }
    buffer.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// RFC 8259, 7: the short escapes where they exist, `\u00XX` for other control characters.
  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): buffer += "\\\"".utf8
    case UInt8(ascii: "\\"): buffer += "\\\\".utf8
    case 0x08: buffer += "\\b".utf8
    case 0x0C: buffer += "\\f".utf8
    case 0x0A: buffer += "\\n".utf8
    case 0x0D: buffer += "\\r".utf8
    case 0x09: buffer += "\\t".utf8
    case 0..<0x20: buffer += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
    default: buffer.append(byte)
    }
  }
}

extension JSONValue {
  /// The compact text as UTF-8.
  package var encoded: [UInt8] {
    let pieces = encodedPieces
    return pieces.count == 1 ? pieces[0] : Array(pieces.joined())
  }

  /// The text as UTF-8, laid out for readers.
  package func encoded(as layout: JSONLayout) -> [UInt8] {
    var writer = JSONWriter(layout)
    writer.write(self)
    let pieces = writer.finish()
    return pieces.count == 1 ? pieces[0] : Array(pieces.joined())
  }

  /// The text in lines as UTF-8, with a line feed at the end, as Google's HTTP APIs write it.
  package var indented: [UInt8] { encoded(as: .pretty) + [UInt8(ascii: "\n")] }

  /// The compact text in pieces; a large shared text is a piece of its own, not copied.
  package var encodedPieces: [[UInt8]] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.finish()
  }
}

extension JSONValue: CustomStringConvertible {
  package var description: String { String(decoding: encoded, as: UTF8.self) }
}
