/// Base64 of RFC 4648: the standard alphabet out, both alphabets in.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlAlphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let padding = UInt8(ascii: "=")
  private static let invalid: UInt8 = 0xFF

  /// Six bits per character; `-` and `_` read like `+` and `/`, since google-genai for Python
  /// writes the URL-safe alphabet and the rest write the standard one.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: invalid, count: 256)
    for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
    table[Int(UInt8(ascii: "-"))] = 62
    table[Int(UInt8(ascii: "_"))] = 63
    return table
  }()

  /// Standard alphabet, with padding.
  package static func encode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var text = [UInt8](repeating: padding, count: (bytes.count + 2) / 3 * 4)
    encode(bytes.span, into: &text, alphabet.span)
    return text
  }

  package static func encode(_ bytes: [UInt8]) -> [UInt8] { encode(bytes[...]) }

  /// The alphabet that addresses carry unescaped (RFC 4648, 5), without padding.
  package static func urlText(_ bytes: [UInt8]) -> String {
    var text = [UInt8](repeating: padding, count: (bytes.count + 2) / 3 * 4)
    encode(bytes.span, into: &text, urlAlphabet.span)
    return String(decoding: text.prefix((bytes.count * 4 + 2) / 3), as: UTF8.self)
  }

  private static func encode(
    _ bytes: Span<UInt8>, into text: inout [UInt8], _ alphabet: Span<UInt8>
  ) {
    var output = text.mutableSpan
    var input = 0
    var place = 0
    while input + 3 <= bytes.count {
      let word = Int(bytes[input]) << 16 | Int(bytes[input + 1]) << 8 | Int(bytes[input + 2])
      output[place] = alphabet[word >> 18]
      output[place + 1] = alphabet[word >> 12 & 63]
      output[place + 2] = alphabet[word >> 6 & 63]
      output[place + 3] = alphabet[word & 63]
      input += 3
      place += 4
    }
    let rest = bytes.count - input
    if rest == 0 { return }
    let word = Int(bytes[input]) << 16 | (rest == 2 ? Int(bytes[input + 1]) << 8 : 0)
    output[place] = alphabet[word >> 18]
    output[place + 1] = alphabet[word >> 12 & 63]
    if rest == 2 { output[place + 2] = alphabet[word >> 6 & 63] }
  }

  /// The value of a character without a table, so that many are worked out at once.
  @inline(__always)
  private static func sixBits(_ character: UInt8) -> UInt8 {
    let upper = character &- 65
    let lower = character &- 97
    let digit = character &- 48
    var value: UInt8 = invalid
    value = upper < 26 ? upper : value
    value = lower < 26 ? lower &+ 26 : value
    value = digit < 10 ? digit &+ 52 : value
    value = character == 43 || character == 45 ? 62 : value
    value = character == 47 || character == 95 ? 63 : value
    return value
  }

  /// The bytes of `text`: either alphabet, padded or not. Nil when it is no base64.
  package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8Span.span, values.span) }

  private static func decode(_ text: Span<UInt8>, _ values: Span<UInt8>) -> [UInt8]? {
    var end = text.count
    var pads = 0
    while end > 0, pads < 2, text[end - 1] == padding {
      end -= 1
      pads += 1
    }
    if end % 4 == 1 || (pads > 0 && (end + pads) % 4 != 0) { return nil }
    var bytes = [UInt8](repeating: 0, count: end / 4 * 3 + max(0, end % 4 - 1))
    var output = bytes.mutableSpan
    var input = 0
    var place = 0
    var bad: UInt8 = 0
    var sixes = InlineArray<64, UInt8>(repeating: 0)
    // A block of known size is checked once, and its characters are worked out side by side.
    while input + 64 <= end {
      let block = text.extracting(input..<input + 64)
      for index in 0..<64 {
        let six = sixBits(block[index])
        bad |= six
        sixes[index] = six
      }
      for quad in 0..<16 {
        let word =
          UInt32(sixes[4 * quad]) << 18 | UInt32(sixes[4 * quad + 1]) << 12
          | UInt32(sixes[4 * quad + 2]) << 6 | UInt32(sixes[4 * quad + 3])
        output[place + 3 * quad] = UInt8(truncatingIfNeeded: word >> 16)
        output[place + 3 * quad + 1] = UInt8(truncatingIfNeeded: word >> 8)
        output[place + 3 * quad + 2] = UInt8(truncatingIfNeeded: word)
      }
      input += 64
      place += 48
    }
    while input + 4 <= end {
      let first = values[Int(text[input])]
      let second = values[Int(text[input + 1])]
      let third = values[Int(text[input + 2])]
      let fourth = values[Int(text[input + 3])]
      bad |= first | second | third | fourth
      output[place] = first << 2 | second >> 4
      output[place + 1] = second << 4 | third >> 2
      output[place + 2] = third << 6 | fourth
      input += 4
      place += 3
    }
    if end - input >= 2 {
      let first = values[Int(text[input])]
      let second = values[Int(text[input + 1])]
      bad |= first | second
      output[place] = first << 2 | second >> 4
      if end - input == 3 {
        let third = values[Int(text[input + 2])]
        bad |= third
        output[place + 1] = second << 4 | third >> 2
      }
    }
    // Valid values have six bits.
    return bad & 0x80 == 0 ? bytes : nil
  }
}
