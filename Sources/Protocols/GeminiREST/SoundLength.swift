import JSON

/// How long sound in a prompt plays, where its type or its head tells.
enum SoundLength {
  /// The rate of `audio/pcm` and `audio/L16` that name none (Live API, "Audio formats").
  private static let rateDefault = 16_000
  /// Samples a second that anything records with.
  private static let rates = 1...1_000_000

  /// Nil for compressed sound, whose length nothing here can read.
  static func duration(ofBase64 text: String, mimeType: String) -> Duration? {
    let words = mimeType.lowercased().split(separator: ";").map { $0.filter { $0 != " " } }
    switch words.first {
    case "audio/wav", "audio/x-wav", "audio/wave": return wave(text)
    case "audio/pcm", "audio/l16":
      let rate = words.lazy.compactMap { $0.hasPrefix("rate=") ? Int($0.dropFirst(5)) : nil }.first
      guard rates.contains(rate ?? rateDefault) else { return nil }
      return duration(bytes: byteCount(text), bytesPerSecond: 2 * (rate ?? rateDefault))
    default: return nil
    }
  }

  /// RIFF: the bytes a second stand 28 bytes into the usual head of 44.
  private static func wave(_ text: String) -> Duration? {
    guard text.utf8.count >= 60, let head = Base64.decode(String(text.prefix(60))),
      head.starts(with: "RIFF".utf8), head[8...].starts(with: "WAVEfmt ".utf8)
    else { return nil }
    let rate = (28..<32).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
    return duration(bytes: byteCount(text) - 44, bytesPerSecond: rate)
  }

  private static func byteCount(_ base64: String) -> Int {
    base64.utf8.count * 3 / 4 - base64.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
  }

  private static func duration(bytes: Int, bytesPerSecond: Int) -> Duration? {
    guard bytes >= 0, bytesPerSecond > 0 else { return nil }
    return .milliseconds(Int64(Double(bytes) * 1000 / Double(bytesPerSecond)))
  }
}
