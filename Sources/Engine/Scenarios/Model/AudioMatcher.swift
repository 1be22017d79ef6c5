import JSON

/// What a stretch of 16-bit PCM in base64 must be like.
package struct AudioMatcher: Hashable, Sendable, CustomStringConvertible {
  /// At how many samples per second the duration is counted.
  package let rate: Int
  package let atLeast: Duration?
  package let atMost: Duration?
  /// The loudest sample as a fraction of full scale.
  package let peakAtLeast: Double?

  func fits(_ value: JSONValue) -> Bool {
    guard let text = value.string, let bytes = Base64.decode(text) else { return false }
    let duration = Duration.seconds(Double(bytes.count / 2) / Double(rate))
    if let atLeast, duration < atLeast { return false }
    if let atMost, duration > atMost { return false }
    guard let peakAtLeast else { return true }
    return Double(Self.peak(bytes)) >= peakAtLeast * 32_768
  }

  /// Of 16-bit little-endian samples.
  private static func peak(_ bytes: [UInt8]) -> Int {
    var loudest = 0
    for index in stride(from: 0, to: bytes.count - 1, by: 2) {
      let sample = Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
      loudest = max(loudest, abs(Int(sample)))
    }
    return loudest
  }

  package var description: String {
    var words = ["audio"]
    if let atLeast { words.append("of at least \(Values.spelling(atLeast))") }
    if let atMost { words.append("of at most \(Values.spelling(atMost))") }
    if let peakAtLeast { words.append("with a peak of at least \(peakAtLeast)") }
    return words.joined(separator: " ")
  }
}
