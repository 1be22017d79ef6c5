import JSON

/// Writes audio as what it is instead of as a wall of base64.
enum AudioDigest {
  /// Members that carry base64 on these wires. Shorter strings are left as they are: they are
  /// words, such as the `delta` of a transcript.
  private static let members: Set<String> = ["audio", "delta", "data"]
  private static let textBytesMin = 64

  /// `value` with each piece of audio replaced by `{rate, ms, bytes, digest}`.
  static func replaced(
    in value: JSONValue, rate: Int, keep: (AudioPiece) -> Void = { _ in }
  ) -> JSONValue {
    switch value {
    case .null, .bool, .number, .string: value
    case .shared(let text):
      summary(base64: String(decoding: text.bytes, as: UTF8.self), rate: rate, keep)
    case .array(let elements): .array(elements.map { replaced(in: $0, rate: rate, keep: keep) })
    case .object(let object): .object(replaced(in: object, rate: rate, keep))
    }
  }

  private static func replaced(in object: JSONObject, rate: Int, _ keep: (AudioPiece) -> Void)
    -> JSONObject
  {
    let mimeType = (object["mimeType"] ?? object["mime_type"])?.string
    let rate =
      object["sample_rate"]?.integer.flatMap { $0 > 0 ? $0 : nil }
      ?? mimeType.flatMap(self.rate(ofMIMEType:)) ?? rate
    return JSONObject(
      object.members.map { member in
        var member = member
        if case .string(let text) = member.value, members.contains(member.name),
          text.utf8.count >= textBytesMin, Base64.decode(text) != nil
        {
          member.value = summary(base64: text, rate: rate, keep)
        } else {
          member.value = replaced(in: member.value, rate: rate, keep: keep)
        }
        return member
      })
  }

  /// `audio/pcm;rate=16000` to 16000. Plain `audio/pcm` is 16 kHz (Live API, "Audio formats").
  private static func rate(ofMIMEType type: String) -> Int? {
    guard type.hasPrefix("audio/") else { return nil }
    let rate = type.split(separator: ";").dropFirst().first { $0.hasPrefix("rate=") }
    return rate.flatMap { Int($0.dropFirst(5)) } ?? 16_000
  }

  private static func summary(base64 text: String, rate: Int, _ keep: (AudioPiece) -> Void)
    -> JSONValue
  {
    guard let bytes = Base64.decode(text) else { return .string(text) }
    let digest = digest(of: bytes)
    keep(AudioPiece(digest: digest, rate: rate, base64: text))
    return [
      "rate": .int(rate), "ms": .int(bytes.count / 2 * 1000 / rate), "bytes": .int(bytes.count),
      "digest": .string(digest),
    ]
  }

  /// A message that is no JSON: its text where it is short, else length and digest.
  static func summary(of bytes: [UInt8]) -> JSONValue {
    if bytes.count <= 1024, let text = String(validating: bytes, as: UTF8.self) {
      return ["text": .string(text)]
    }
    return ["bytes": .int(bytes.count), "digest": .string(digest(of: bytes))]
  }

  /// FNV-1a, 64 bits: it tells recordings apart; it is no protection against forgery.
  private static func digest(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return "fnv1a:" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
