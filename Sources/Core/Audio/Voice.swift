/// A voice for clients on paper: a loud tone that any detector takes for speech.
package enum Voice {
  /// 16-bit PCM: 700 ms of a square wave of 200 Hz, then a second of silence.
  package static func utterance(rate: Int) -> [UInt8] {
    tone(milliseconds: 700, rate: rate) + [UInt8](repeating: 0, count: 2 * rate)
  }

  /// The beginning of an utterance, long enough to be noticed.
  package static func interjection(rate: Int) -> [UInt8] { tone(milliseconds: 400, rate: rate) }

  private static func tone(milliseconds: Int, rate: Int) -> [UInt8] {
    let half = max(1, rate / 400)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * rate * milliseconds / 1000)
    for index in 0..<(rate * milliseconds / 1000) {
      let sample = UInt16(bitPattern: index / half % 2 == 0 ? 8000 : -8000)
      bytes.append(UInt8(truncatingIfNeeded: sample))
      bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
    }
    return bytes
  }
}
