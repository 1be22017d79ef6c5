/// Seeded chance: the only source of randomness above `Platform`.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators"). It is small,
/// passes the usual batteries, and can be split by a number, so that every connection has dice of
/// its own and one does not disturb another.
package struct Dice: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// Dice for part `number` of the run; the same seed and number give the same rolls.
  package func split(_ number: UInt64) -> Dice {
    var child = Dice(seed: state ^ (number &* 0xD1B5_4A32_D192_ED03))
    _ = child.next()
    return child
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, but not including, 1.
  package mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

  /// `count` characters of `alphabet`, which must be ASCII.
  package mutating func characters(_ count: Int, of alphabet: Alphabet) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(count)
    for _ in 0..<count {
      text.append(alphabet.bytes[Int(next() % UInt64(alphabet.bytes.count))])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// The characters an identifier is drawn from.
package struct Alphabet: Sendable {
  package let bytes: [UInt8]

  package init(_ characters: StaticString) { bytes = Array(characters.description.utf8) }

  package static let alphanumeric = Alphabet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
  package static let hexadecimal = Alphabet("0123456789abcdef")
  package static let decimal = Alphabet("0123456789")
}
