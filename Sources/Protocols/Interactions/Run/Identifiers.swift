import JSON
import VirtualTime

/// Makes identifiers of the shapes the service makes.
struct Identifiers: Sendable {
  private(set) var dice: Dice

  private static let lowerCase = Alphabet("abcdefghijklmnopqrstuvwxyz0123456789")
  /// How long the two parts of an interaction's identifier are.
  private static let partLength = 23

  init(_ dice: Dice) { self.dice = dice }

  /// The own part of an interaction's identifier.
  mutating func part() -> String { dice.characters(Self.partLength, of: .alphanumeric) }

  /// Eight characters, as function calls have them.
  mutating func call() -> String { dice.characters(8, of: Self.lowerCase) }

  mutating func signature() -> String { ThoughtSignature.make(&dice) }

  /// `v1_` and the base64url text of a protobuf message: field 1 is the part of the interaction the
  /// conversation began with, field 2 its own. All samples of the reference decode so.
  static func interaction(root: String, own: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(root.utf8.count + own.utf8.count + 4)
    func write(_ part: String, tag: UInt8) {
      bytes.append(tag)
      bytes.append(UInt8(truncatingIfNeeded: part.utf8.count))
      bytes += part.utf8
    }
    write(root, tag: 0x0A)
    write(own, tag: 0x12)
    return "v1_" + Base64.urlText(bytes)
  }
}
