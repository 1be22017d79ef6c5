/// How samples are written as bytes. One channel always: no service here has two.
package enum AudioFormat: Hashable, Sendable {
  /// Signed 16-bit little-endian samples at `rate` samples per second.
  case pcm16(rate: Int)
  /// Telephone speech: one byte a sample, 8000 samples per second.
  case g711(G711)

  package var rate: Int {
    switch self {
    case .pcm16(let rate): rate
    case .g711: 8_000
    }
  }

  package var bytesPerSample: Int {
    switch self {
    case .pcm16: 2
    case .g711: 1
    }
  }

  package var bytesPerSecond: Int { rate * bytesPerSample }

  /// How long `count` bytes play.
  package func duration(bytes count: Int) -> Duration {
    .nanoseconds(Int64(count) * 1_000_000_000 / Int64(bytesPerSecond))
  }

  /// The bytes of `milliseconds`, cut to whole samples.
  package func bytes(milliseconds: Int) -> Int { rate * milliseconds / 1000 * bytesPerSample }
}
