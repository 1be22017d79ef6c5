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
  /// A handful, so a look at each is cheaper than a dictionary.
  private var shelfTypes: [ObjectIdentifier] = []
  private var shelves: [any Sendable] = []

  package init(seed: UInt64, epoch: Int64) {
    dice = Dice(seed: seed)
    self.epoch = epoch
  }

  /// What the namespace of a key is called: 16 hexadecimal digits, never the key itself. A token
  /// made with the key can carry them, and so lead back.
  package static func name(ofKey key: String) -> String {
    // FNV-1a, 64 bits.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = (0..<16).map { place in
      let digit = UInt8(truncatingIfNeeded: hash >> (60 - 4 * UInt64(place)) & 15)
      return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Counts a connection and gives it dice of its own, so that what one client does never changes
  /// the identifiers another one sees.
  package mutating func openConnection() -> Dice {
    connectionCount += 1
    return dice.split(UInt64(connectionCount))
  }

  /// The Unix time in seconds.
  package func unixTime(at now: Instant) -> Int64 { epoch + now.nanoseconds / 1_000_000_000 }

  private struct Vacancy: Sendable {}

  private mutating func place(of type: ObjectIdentifier) -> Int {
    if let place = shelfTypes.firstIndex(of: type) { return place }
    shelfTypes.append(type)
    shelves.append(Vacancy())
    return shelves.count - 1
  }

  /// What a protocol keeps from one connection or exchange to the next, one value per type.
  package subscript<Shelf: Sendable>(_ type: Shelf.Type, default fresh: @autoclosure () -> Shelf)
    -> Shelf
  {
    get {
      let place = shelfTypes.firstIndex(of: ObjectIdentifier(type))
      return place.flatMap { shelves[$0] as? Shelf } ?? fresh()
    }
    _modify {
      // It is taken out meanwhile, so that it is changed where it lies, and not copied.
      let place = place(of: ObjectIdentifier(type))
      var shelf = shelves[place] as? Shelf ?? fresh()
      shelves[place] = Vacancy()
      defer { shelves[place] = shelf }
      yield &shelf
    }
  }
}
