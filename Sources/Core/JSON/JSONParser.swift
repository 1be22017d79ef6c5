/// How strictly JSON is read.
package enum JSONDialect: Hashable, Sendable {
  /// RFC 8259 and nothing else.
  case strict
  /// What the parser of protobuf reads with its legacy syntax, as Google's REST services use it:
  /// besides strict JSON, strings and names in single quotes, names without quotes, and a comma
  /// behind the last member or element.
  case protobuf
}

/// Reads JSON from UTF-8 bytes, strictly unless the dialect says otherwise.
///
/// Bounded: at most 512 levels of nesting. Strings that hold broken UTF-8 or a lone surrogate get
/// U+FFFD in its place, since a mock must be able to show what a client sent.
struct JSONParser {
  /// Deep enough for every payload seen; shallow enough for a thread's stack.
  private static let depthMax = 512

  private let bytes: [UInt8]
  private let isLenient: Bool
  private var index = 0
  private var depth = 0

  init(_ bytes: [UInt8], _ dialect: JSONDialect) {
    self.bytes = bytes
    isLenient = dialect == .protobuf
  }

  mutating func document() throws(JSONError) -> JSONValue {
    skipSpace()
    let value = try value()
    skipSpace()
    if index < bytes.count { throw error("unexpected text after the value") }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    guard let first = peek() else { throw error("unexpected end") }
    switch first {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "'") where isLenient: return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw error("unexpected character")
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try descend()
    var members: [JSONMember] = []
    if try !isEmpty(closing: UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        let name = try memberName()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw error("expected ':'") }
        skipSpace()
        members.append(JSONMember(name: name, value: try value()))
      } while try goesOn(closing: UInt8(ascii: "}"))
    }
    depth -= 1
    return .object(JSONObject(members))
  }

  private mutating func memberName() throws(JSONError) -> String {
    if peek() == UInt8(ascii: "\"") { return try string() }
    guard isLenient else { throw error("expected a member name") }
    if peek() == UInt8(ascii: "'") { return try string() }
    let start = index
    while let byte = peek(), Self.isWordCharacter(byte) { index += 1 }
    if index == start { throw error("expected a member name") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private static func isWordCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
      true
    default: false
    }
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try descend()
    var elements: [JSONValue] = []
    if try !isEmpty(closing: UInt8(ascii: "]")) {
      repeat {
        skipSpace()
        elements.append(try value())
      } while try goesOn(closing: UInt8(ascii: "]"))
    }
    depth -= 1
    return .array(elements)
  }

  private mutating func descend() throws(JSONError) {
    depth += 1
    if depth > Self.depthMax { throw error("nested deeper than \(Self.depthMax) levels") }
    index += 1
  }

  private mutating func isEmpty(closing: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    return take(closing)
  }

  private mutating func goesOn(closing: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    if take(UInt8(ascii: ",")) {
      skipSpace()
      return !(isLenient && take(closing))
    }
    if take(closing) { return false }
    throw error(index < bytes.count ? "expected ',' or the closing bracket" : "unexpected end")
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    for expected in text.description.utf8 {
      guard take(expected) else { throw error("unexpected character") }
    }
    return value
  }

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = index
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return JSONNumber(grammatical: String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func digits() throws(JSONError) {
    let start = index
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    if index == start { throw error("expected a digit") }
  }

  private mutating func string() throws(JSONError) -> String {
    let quote = bytes[index]
    index += 1
    let start = index
    try skipPlain(until: quote)
    if take(quote) {
      return String(decoding: bytes[start..<(index - 1)], as: UTF8.self)
    }
    var text = Array(bytes[start..<index])
    while !take(quote) {
      if take(UInt8(ascii: "\\")) {
        try escape(into: &text)
      } else {
        let from = index
        try skipPlain(until: quote)
        text += bytes[from..<index]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Passes over characters that stand for themselves: audio comes as one string of some ten
  /// thousand of them.
  private mutating func skipPlain(until quote: UInt8) throws(JSONError) {
    let length = Self.plainLength(bytes.span, from: index, until: quote)
    index += length
    if index == bytes.count { throw error("unexpected end in a string") }
    if bytes[index] < 0x20 { throw error("unescaped control character in a string") }
  }

  private static func plainLength(
    _ bytes: Span<UInt8>, from start: Int, until quote: UInt8
  ) -> Int {
    var end = start
    while end < bytes.count {
      let byte = bytes[end]
      if byte < 0x20 || byte == quote || byte == UInt8(ascii: "\\") { break }
      end += 1
    }
    return end - start
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard let byte = peek() else { throw error("unexpected end in a string") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "'") where isLenient: text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try unicodeEscape(into: &text)
    default:
      index -= 1
      throw error("unknown escape in a string")
    }
  }

  private mutating func unicodeEscape(into text: inout [UInt8]) throws(JSONError) {
    let first = try fourHexDigits()
    var scalar = Unicode.Scalar(first)
    if first & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    {
      let mark = index
      index += 2
      let second = try fourHexDigits()
      if second & 0xFC00 == 0xDC00 {
        scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      } else {
        index = mark
      }
    }
    text += Array(String(Character(scalar ?? "\u{FFFD}")).utf8)
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private func error(_ reason: String) -> JSONError {
    let before = bytes[..<min(index, bytes.count)]
    let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONError(reason: reason, line: line, column: index - lineStart + 1)
  }
}

extension JSONValue {
  /// The value that `bytes` spell; the whole input must be one JSON text.
  package init(parsing bytes: [UInt8], as dialect: JSONDialect = .strict) throws(JSONError) {
    var parser = JSONParser(bytes, dialect)
    self = try parser.document()
  }

  package init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}
