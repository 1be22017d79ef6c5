/// SHA-256 of FIPS 180-4, over bytes that come in pieces.
///
/// The rings above `Platform` are pure, so the digest of OpenSSL is out of their reach.
package struct SHA256: Hashable, Sendable {
  /// FIPS 180-4, 5.3.3.
  private var state: SIMD8<UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19,
  ]
  private var schedule = [UInt32](repeating: 0, count: 64)
  /// The beginning of a block that is not whole yet.
  private var rest: [UInt8] = []
  private var byteCount: UInt64 = 0

  private static let blockBytes = 64

  package init() {}

  /// The digest of `bytes`: 32 bytes.
  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    var digest = SHA256()
    digest.update(bytes)
    return digest.finish()
  }

  package mutating func update(_ bytes: [UInt8]) {
    byteCount += UInt64(bytes.count)
    var start = 0
    if !rest.isEmpty {
      start = min(bytes.count, Self.blockBytes - rest.count)
      rest += bytes[..<start]
      if rest.count < Self.blockBytes { return }
      compress(rest, at: 0)
      rest = []
    }
    while bytes.count - start >= Self.blockBytes {
      compress(bytes, at: start)
      start += Self.blockBytes
    }
    rest += bytes[start...]
  }

  /// FIPS 180-4, 5.1.1: one bit, zeros, and the length in bits as 64-bit number end the message.
  package mutating func finish() -> [UInt8] {
    let bits = byteCount * 8
    let zeros = (Self.blockBytes + 55 - rest.count) % Self.blockBytes
    update(
      [0x80] + [UInt8](repeating: 0, count: zeros)
        + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
    return state.indices.flatMap { index in
      (0..<4).map { UInt8(truncatingIfNeeded: state[index] >> (24 - 8 * $0)) }
    }
  }

  /// FIPS 180-4, 6.2.2.
  private mutating func compress(_ bytes: [UInt8], at start: Int) {
    Self.expand(bytes.span, at: start, into: &schedule)
    state &+= Self.mixed(state, schedule.span, Self.constants.span)
  }

  /// The letters are those of the standard.
  private static func mixed(
    _ state: SIMD8<UInt32>, _ schedule: Span<UInt32>, _ constants: Span<UInt32>
  ) -> SIMD8<UInt32> {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    // Eight at once: then the letters come back to their places, and none is moved.
    for round in stride(from: 0, to: 64, by: 8) {
      turn(a, b, c, &d, e, f, g, &h, constants[round] &+ schedule[round])
      turn(h, a, b, &c, d, e, f, &g, constants[round + 1] &+ schedule[round + 1])
      turn(g, h, a, &b, c, d, e, &f, constants[round + 2] &+ schedule[round + 2])
      turn(f, g, h, &a, b, c, d, &e, constants[round + 3] &+ schedule[round + 3])
      turn(e, f, g, &h, a, b, c, &d, constants[round + 4] &+ schedule[round + 4])
      turn(d, e, f, &g, h, a, b, &c, constants[round + 5] &+ schedule[round + 5])
      turn(c, d, e, &f, g, h, a, &b, constants[round + 6] &+ schedule[round + 6])
      turn(b, c, d, &e, f, g, h, &a, constants[round + 7] &+ schedule[round + 7])
    }
    return [a, b, c, d, e, f, g, h]
  }

  @inline(__always) private static func turn(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
    _ g: UInt32, _ h: inout UInt32, _ word: UInt32
  ) {
    let choice = (e & f) ^ (~e & g)
    h = h &+ (e.turned(6) ^ e.turned(11) ^ e.turned(25)) &+ choice &+ word
    d = d &+ h
    let majority = (a & b) ^ (a & c) ^ (b & c)
    h = h &+ (a.turned(2) ^ a.turned(13) ^ a.turned(22)) &+ majority
  }

  private static func expand(_ bytes: Span<UInt8>, at start: Int, into schedule: inout [UInt32]) {
    var schedule = schedule.mutableSpan
    for index in 0..<16 {
      let place = start + 4 * index
      schedule[index] =
        UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16
        | UInt32(bytes[place + 2]) << 8 | UInt32(bytes[place + 3])
    }
    for index in 16..<64 {
      let (early, late) = (schedule[index - 15], schedule[index - 2])
      let first = early.turned(7) ^ early.turned(18) ^ (early >> 3)
      let second = late.turned(17) ^ late.turned(19) ^ (late >> 10)
      schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
    }
  }

  /// FIPS 180-4, 4.2.2.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}

extension UInt32 {
  fileprivate func turned(_ bits: UInt32) -> UInt32 { self >> bits | self << (32 - bits) }
}
