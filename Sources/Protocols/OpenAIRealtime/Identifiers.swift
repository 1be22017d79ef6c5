import VirtualTime

/// Makes identifiers of the shape the service makes: a prefix and 21 letters or digits, of which
/// the first five grow with time, so that all identifiers of one second share them.
struct Identifiers: Sendable {
  private var dice: Dice
  private var second: Int64 = -1
  private var timeDigits: [UInt8] = []

  private static let digits = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  init(_ dice: Dice) { self.dice = dice }

  /// `prefix` includes the underscore; `unixTime` is in seconds.
  mutating func next(_ prefix: StaticString, at unixTime: Int64) -> String {
    if unixTime != second { setTime(unixTime) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(prefix.utf8CodeUnitCount + 21)
    bytes += prefix.description.utf8
    bytes += timeDigits
    appendRandom(8, to: &bytes)
    appendRandom(8, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A `call_id`: no time in it (recorded).
  mutating func callID() -> String {
    var bytes = Array("call_".utf8)
    appendRandom(8, to: &bytes)
    appendRandom(8, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The id of an event about the media of a call (recorded).
  mutating func mediaEventID() -> String {
    "event_" + dice.characters(16, of: .hexadecimal)
  }

  /// Fill that hides the length of a text from whoever watches the encrypted stream: text and fill
  /// have 16 characters together (all recorded deltas do). Longer texts get none.
  mutating func obfuscation(for text: String) -> String {
    var bytes: [UInt8] = []
    var missing = 16 - text.count
    while missing > 0 {
      appendRandom(min(8, missing), to: &bytes)
      missing -= 8
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// At most 10 digits of base 62 fit into one roll.
  private mutating func appendRandom(_ count: Int, to bytes: inout [UInt8]) {
    var roll = dice.next()
    for _ in 0..<count {
      bytes.append(Self.digits[Int(roll % 62)])
      roll /= 62
    }
  }

  private mutating func setTime(_ unixTime: Int64) {
    second = unixTime
    var rest = unixTime
    var reversed: [UInt8] = []
    for _ in 0..<5 {
      reversed.append(Self.digits[Int(rest % 62)])
      rest /= 62
    }
    timeDigits = reversed.reversed()
  }
}
