/// The two laws of telephone speech, ITU-T G.711: eight bits a sample that stand for 14 or 13.
///
/// Linear samples are 16-bit with the code's significant bits on top, as in the reference software
/// of ITU-T G.191.
package enum G711: Hashable, Sendable {
  /// μ-law: North America and Japan.
  case mu
  /// A-law: the rest of the world.
  case a

  package func encode(_ sample: Int16) -> UInt8 {
    switch self {
    case .mu: Self.muLaw(sample)
    case .a: Self.aLaw(sample)
    }
  }

  package func decode(_ code: UInt8) -> Int16 { table[Int(code)] }

  /// Signed 16-bit little-endian samples, as speech detection wants them.
  package func decode(_ codes: [UInt8]) -> [UInt8] {
    let table = table
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * codes.count)
    for code in codes {
      let sample = UInt16(bitPattern: table[Int(code)])
      bytes.append(UInt8(truncatingIfNeeded: sample))
      bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
    }
    return bytes
  }

  private var table: [Int16] {
    switch self {
    case .mu: Self.muTable
    case .a: Self.aTable
    }
  }

  private static let muTable = (0...255).map { linear(mu: UInt8($0)) }
  private static let aTable = (0...255).map { linear(a: UInt8($0)) }

  /// G.711, table 2: a bias of 33 makes each of the eight segments twice as wide as the one before.
  private static func muLaw(_ sample: Int16) -> UInt8 {
    let linear = Int(sample)
    let magnitude = min((linear < 0 ? ~linear : linear) >> 2 + 33, 0x1FFF)
    var segment = 1
    var rest = magnitude >> 6
    while rest != 0 {
      segment += 1
      rest >>= 1
    }
    let code = (8 - segment) << 4 | (15 - magnitude >> segment & 15)
    return UInt8(linear < 0 ? code : code | 0x80)
  }

  private static func linear(mu code: UInt8) -> Int16 {
    let exponent = Int(~code >> 4 & 7)
    let mantissa = Int(~code & 15)
    let step = 8 << exponent
    let magnitude = 0x80 << exponent + step * mantissa + step / 2 - 4 * 33
    return Int16(code < 0x80 ? -magnitude : magnitude)
  }

  /// G.711, table 1; every second bit is inverted on the line.
  private static func aLaw(_ sample: Int16) -> UInt8 {
    let linear = Int(sample)
    var code = (linear < 0 ? ~linear : linear) >> 4
    if code > 15 {
      var exponent = 1
      while code > 31 {
        code >>= 1
        exponent += 1
      }
      code = code - 16 + exponent << 4
    }
    return UInt8(linear < 0 ? code : code | 0x80) ^ 0x55
  }

  private static func linear(a code: UInt8) -> Int16 {
    let plain = code ^ 0x55
    let exponent = Int(plain >> 4 & 7)
    var magnitude = Int(plain & 15) + (exponent > 0 ? 16 : 0)
    magnitude = magnitude << 4 + 8
    if exponent > 1 { magnitude <<= exponent - 1 }
    return Int16(plain & 0x80 == 0 ? -magnitude : magnitude)
  }
}

extension AudioClip {
  /// Part of the clip as a telephone hears it: 8 kHz, one byte a sample.
  ///
  /// `range` are bytes of the clip, which is at 24 kHz. The low-pass filter looks beyond its ends,
  /// so that parts made one by one fit together without a click.
  package func telephone(_ law: G711, _ range: Range<Int>) -> [UInt8] {
    let samples = bytes.count / 2
    let taps = Self.lowPass.span
    let span = bytes.span
    var codes: [UInt8] = []
    codes.reserveCapacity(range.count / 6 + 1)
    var centre = range.lowerBound / 2
    while 2 * centre + 1 < range.upperBound {
      var sum = 0
      for tap in 0..<taps.count {
        let place = centre + tap - taps.count / 2
        guard place >= 0, place < samples else { continue }
        let sample = UInt16(span[2 * place]) | UInt16(span[2 * place + 1]) << 8
        sum += Int(Int16(bitPattern: sample)) * taps[tap]
      }
      codes.append(law.encode(Int16(max(-32768, min(32767, sum >> 15)))))
      centre += 3
    }
    return codes
  }

  /// A windowed sinc (Hamming, 33 taps) that passes 3.5 kHz of 24; the taps add up to 2^15.
  private static let lowPass = [
    45, 57, 22, -77, -186, -164, 98, 481, 608, 122, -878, -1641, -1125, 1224, 4849, 8182, 9534,
    8182, 4849, 1224, -1125, -1641, -878, 122, 608, 481, 98, -164, -186, -77, 22, 57, 45,
  ]
}
