/// Takes the pongs out of what a WebSocket server sends (RFC 6455, 5.2 and 5.5.3).
struct PongSieve {
  private static let pong: UInt8 = 10

  /// The head of a frame whose length is not known yet, or a pong as far as it has come.
  private var head: [UInt8] = []
  /// What is missing of the frame's payload.
  private var remaining = 0
  private var isPong = false

  /// Whether something else may be put here.
  var isBetweenFrames: Bool { head.isEmpty && remaining == 0 }

  /// Sorts `bytes` into those that pass and whole pongs.
  mutating func sift(_ bytes: some Sequence<UInt8>) -> (passed: [UInt8], pongs: [[UInt8]]) {
    var passed: [UInt8] = []
    var pongs: [[UInt8]] = []
    for byte in bytes {
      if remaining > 0 {
        remaining -= 1
        if !isPong {
          passed.append(byte)
          continue
        }
        head.append(byte)
      } else {
        head.append(byte)
        guard let length = payloadLength else { continue }
        remaining = length
        isPong = head[0] & 15 == Self.pong
      }
      if !isPong {
        passed += head
        head = []
      } else if remaining == 0 {
        pongs.append(head)
        head = []
      }
    }
    return (passed, pongs)
  }

  /// How much follows the head, a mask included; nil while the head is not whole.
  private var payloadLength: Int? {
    guard head.count >= 2 else { return nil }
    let lengthBytes = head[1] & 127 == 127 ? 8 : head[1] & 127 == 126 ? 2 : 0
    guard head.count == 2 + lengthBytes else { return nil }
    let short = Int(head[1] & 127)
    let long = head[2...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let mask = head[1] & 128 == 0 ? 0 : 4
    // A length that no frame has, sent on purpose: everything that follows belongs to it.
    return Int(clamping: lengthBytes == 0 ? UInt64(short) : min(long, 1 << 62)) + mask
  }
}
