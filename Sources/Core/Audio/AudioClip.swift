package import JSON

/// One recording, ready to be sent: decoded once, shared by all connections.
package struct AudioClip: Hashable, Sendable {
  /// What the scenario calls it; for messages only.
  package let name: String
  /// 24 kHz PCM, the output format of both services.
  package let bytes: [UInt8]
  package static let format = AudioFormat.pcm16(rate: 24_000)

  private let prepared: [Chunking: [AudioChunk]]

  /// `chunkings` are worked out at once, so that sessions share the base64 text.
  package init(name: String, bytes: [UInt8], chunkings: [Chunking] = []) {
    self.name = name
    self.bytes = bytes
    prepared = Dictionary(
      uniqueKeysWithValues: chunkings.map { ($0, $0.chunks(of: bytes, as: Self.format)) })
  }

  package var duration: Duration { Self.format.duration(bytes: bytes.count) }

  package func chunks(by chunking: Chunking) -> [AudioChunk] {
    prepared[chunking] ?? chunking.chunks(of: bytes, as: Self.format)
  }
}

/// A piece of a clip as it goes into one message.
package struct AudioChunk: Hashable, Sendable {
  package let base64: SharedText
  package let byteCount: Int
  package let duration: Duration
}

/// Where a service cuts its audio: a ladder of lengths, whose rungs from `cycle` on repeat.
package struct Chunking: Hashable, Sendable {
  /// Milliseconds of each chunk.
  package let milliseconds: [Int]
  /// The index of the first rung that repeats.
  package let cycle: Int

  package init(milliseconds: [Int], repeatingFrom cycle: Int) {
    precondition(milliseconds.indices.contains(cycle) && milliseconds.allSatisfy { $0 > 0 })
    self.milliseconds = milliseconds
    self.cycle = cycle
  }

  /// Chunks of one length.
  package init(every length: Duration) {
    let (seconds, attoseconds) = length.components
    let milliseconds = Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    self.init(milliseconds: [max(1, milliseconds)], repeatingFrom: 0)
  }

  fileprivate func chunks(of bytes: [UInt8], as format: AudioFormat) -> [AudioChunk] {
    var chunks: [AudioChunk] = []
    var start = 0
    var rung = 0
    while start < bytes.count {
      let end = min(bytes.count, start + format.bytes(milliseconds: milliseconds[rung]))
      chunks.append(
        AudioChunk(
          base64: SharedText(base64: bytes[start..<end]), byteCount: end - start,
          duration: format.duration(bytes: end - start)))
      start = end
      rung = rung + 1 < milliseconds.count ? rung + 1 : cycle
    }
    return chunks
  }
}
