extension AudioClip {
  /// Sound for words that came without a recording: a quiet hum, as long as saying them takes.
  ///
  /// A service that was asked for audio always sends some, so a client must have something to
  /// play. 220 Hz at -40 dBFS, 60 ms a character; the wave is a triangle, which needs no sine.
  package static func hum(for text: String) -> AudioClip {
    let rate = format.rate
    let count = max(1, min(text.count, charactersMax)) * rate * 60 / 1000
    let peak = 328.0 * 1.732
    let period = Double(rate) / 220
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * count)
    for index in 0..<count {
      let phase = (Double(index) / period).truncatingRemainder(dividingBy: 1)
      let height = abs(4 * ((phase + 0.25).truncatingRemainder(dividingBy: 1)) - 2) - 1
      let sample = UInt16(bitPattern: Int16(-height * peak))
      bytes.append(UInt8(truncatingIfNeeded: sample))
      bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
    }
    return AudioClip(name: "hum", bytes: bytes)
  }

  /// A minute of hum is enough for any text, and small enough for every session to have its own.
  private static let charactersMax = 1000
}
