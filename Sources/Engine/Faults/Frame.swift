import Wire

/// WebSocket frames as bytes, the wrong ones too (RFC 6455, 5.2). Right ones are the library's.
enum Frame {
  /// A frame of a server: unmasked, unless `isMasked` makes it wrong.
  static func bytes(
    opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0,
    isMasked: Bool = false, claimedCount: Int? = nil
  ) -> [UInt8] {
    let count = claimedCount ?? payload.count
    let mask: UInt8 = isMasked ? 0x80 : 0
    var head: [UInt8] = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
    if count < 126 {
      head.append(mask | UInt8(count))
    } else if count <= 0xFFFF {
      head += [mask | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
    } else {
      head.append(mask | 127)
      head += (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
    }
    guard isMasked else { return head + payload }
    let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    return head + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
  }

  static let continuation: UInt8 = 0
  static let text: UInt8 = 1
  static let binary: UInt8 = 2
  static let close: UInt8 = 8
  static let ping: UInt8 = 9
}

extension Opcode {
  var code: UInt8 {
    switch self {
    case .text: Frame.text
    case .binary: Frame.binary
    }
  }
}
