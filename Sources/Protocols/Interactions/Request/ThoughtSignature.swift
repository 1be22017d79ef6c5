import JSON
import VirtualTime

/// The opaque proof of a thought, which the service knows again.
///
/// Sixteen random bytes and a checksum of them: enough to tell a signature that was issued from one
/// that a client broke or made up, without keeping any.
enum ThoughtSignature {
  private static let randomBytes = 16
  private static let checksumBytes = 8

  /// Thought signatures guide, FAQ: histories that other models made carry one of these.
  private static let bypasses: Set<String> = [
    "context_engineering_is_the_way_to_go", "skip_thought_signature_validator",
  ]

  static func make(_ dice: inout Dice) -> String {
    let bytes = (0..<randomBytes).map { _ in UInt8(truncatingIfNeeded: dice.next() >> 24) }
    return String(decoding: Base64.encode(bytes + checksum(bytes[...])), as: UTF8.self)
  }

  static func isValid(_ text: String) -> Bool {
    if bypasses.contains(text) { return true }
    guard let bytes = Base64.decode(text), bytes.count == randomBytes + checksumBytes else {
      return false
    }
    return checksum(bytes[..<randomBytes]) == Array(bytes[randomBytes...])
  }

  /// FNV-1a, 64 bit.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (0..<checksumBytes).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
  }
}
