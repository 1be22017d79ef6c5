/// The gzip format (RFC 1952) around what is not made smaller.
///
/// Blocks that are stored (RFC 1951, 3.2.4) are as good as any for a reader, and each piece can go
/// out when it comes.
struct Gzip: Sendable {
  private var checksum: UInt32 = 0xFFFF_FFFF
  private var size: UInt32 = 0

  /// No name, no time, of an unknown system.
  static let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

  private static let blockMax = 0xFFFF

  /// What these bytes become; some must have come before the end.
  mutating func blocks(_ bytes: [UInt8]) -> [UInt8] {
    for byte in bytes {
      checksum = Self.table[Int((checksum ^ UInt32(byte)) & 0xFF)] ^ (checksum >> 8)
    }
    size &+= UInt32(truncatingIfNeeded: bytes.count)
    return stride(from: 0, to: bytes.count, by: Self.blockMax).flatMap { start in
      Self.block(bytes[start..<min(start + Self.blockMax, bytes.count)], isLast: false)
    }
  }

  /// An empty last block, the checksum and the size.
  func end() -> [UInt8] {
    Self.block([], isLast: true) + Self.littleEndian(checksum ^ 0xFFFF_FFFF)
      + Self.littleEndian(size)
  }

  static func whole(_ bytes: [UInt8]) -> [UInt8] {
    var gzip = Gzip()
    return head + gzip.blocks(bytes) + gzip.end()
  }

  private static func block(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
    let count = UInt16(truncatingIfNeeded: bytes.count)
    let lengths = [count, ~count].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    return [isLast ? 1 : 0] + lengths + bytes
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  /// CRC-32 of each byte (RFC 1952, 8).
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }
}
