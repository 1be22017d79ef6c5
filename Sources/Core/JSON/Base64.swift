/// Base64 of RFC 4648: the standard alphabet out, both alphabets in.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
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
  package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var word: UInt32 = 0
    var held = 0
    for byte in bytes {
      word = word << 8 | UInt32(byte)
      held += 1
      if held == 3 {
        for shift in [18, 12, 6, 0] as [UInt32] { text.append(alphabet[Int(word >> shift & 63)]) }
        word = 0
        held = 0
      }
    }
    if held == 1 {
      text += [alphabet[Int(word >> 2)], alphabet[Int(word << 4 & 63)], padding, padding]
    } else if held == 2 {
      text += [
        alphabet[Int(word >> 10)], alphabet[Int(word >> 4 & 63)], alphabet[Int(word << 2 & 63)],
        padding,
      ]
    }
    return text
  }

  /// The bytes of `text`: either alphabet, padded or not. Nil when it is no base64.
  package static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8Span { decode($0) }
  }

  private static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    var end = text.count
    var pads = 0
    while end > 0, pads < 2, text[end - 1] == padding {
      end -= 1
      pads += 1
    }
    if end % 4 == 1 || (pads > 0 && (end + pads) % 4 != 0) { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(end / 4 * 3 + 2)
    var index = 0
    var bad: UInt8 = 0
    values.withSpan { values in
      while index + 4 <= end {
        let first = values[Int(text[index])]
        let second = values[Int(text[index + 1])]
        let third = values[Int(text[index + 2])]
        let fourth = values[Int(text[index + 3])]
        bad |= (first | second | third | fourth) & 0x80
        bytes.append(first << 2 | second >> 4)
        bytes.append(second << 4 | third >> 2)
        bytes.append(third << 6 | fourth)
        index += 4
      }
      if end - index >= 2 {
        let first = values[Int(text[index])]
        let second = values[Int(text[index + 1])]
        bad |= (first | second) & 0x80
        bytes.append(first << 2 | second >> 4)
        if end - index == 3 {
          let third = values[Int(text[index + 2])]
          bad |= third & 0x80
          bytes.append(second << 4 | third >> 2)
        }
      }
    }
    return bad == 0 ? bytes : nil
  }
}

extension String {
  fileprivate mutating func withUTF8Span<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(utf8Span.span)
  }
}

extension Array {
  fileprivate func withSpan(_ body: (Span<Element>) -> Void) { body(span) }
}
