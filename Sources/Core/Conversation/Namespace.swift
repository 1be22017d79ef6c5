package import VirtualTime

/// What the sessions of one scenario and one API key share.
///
/// A namespace lives on one loop, so nobody locks it, and tests that use a key each are isolated.
package struct Namespace: Sendable {
  /// The Unix time, in seconds, at `Instant.start`.
  package let epoch: Int64
  /// How many connections were opened so far.
  package private(set) var connectionCount = 0
  private let dice: Dice
  private var shelves: [ObjectIdentifier: any Sendable] = [:]

  package init(seed: UInt64, epoch: Int64) {
    dice = Dice(seed: seed)
    self.epoch = epoch
  }

  /// What the namespace of a credential is called: a fingerprint of 16 hexadecimal digits, so that
  /// a key shows nowhere, and the same on every loop.
  package static func name(for credential: String?) -> String {
    // FNV-1a, 64 bits.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in (credential ?? "").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Counts a connection and gives it dice of its own, so that what one client does never changes
  /// the identifiers another one sees.
  package mutating func openConnection() -> Dice {
    connectionCount += 1
    return dice.split(UInt64(connectionCount))
  }

  /// The Unix time in seconds.
  package func unixTime(at now: Instant) -> Int64 { epoch + now.nanoseconds / 1_000_000_000 }

  /// What a protocol keeps from one connection or exchange to the next, one value per type.
  package subscript<Shelf: Sendable>(_ type: Shelf.Type, default fresh: @autoclosure () -> Shelf)
    -> Shelf
  {
    get { shelves[ObjectIdentifier(type)] as? Shelf ?? fresh() }
    set { shelves[ObjectIdentifier(type)] = newValue }
    _modify {
      var shelf = shelves.removeValue(forKey: ObjectIdentifier(type)) as? Shelf ?? fresh()
      defer { shelves[ObjectIdentifier(type)] = shelf }
      yield &shelf
    }
  }
}
