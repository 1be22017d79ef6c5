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
    for (tag, part) in [(UInt8(0x0A), root), (0x12, own)] {
      bytes += [tag, UInt8(truncatingIfNeeded: part.utf8.count)]
      bytes += part.utf8
    }
    let text = Base64.encode(bytes).filter { $0 != UInt8(ascii: "=") }.map { byte in
      switch byte {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: byte
      }
    }
    return "v1_" + String(decoding: text, as: UTF8.self)
  }
}

/// Unix seconds as the API spells them: `2026-11-20T14:48:15Z`.
enum Timestamp {
  static func text(_ unixTime: Int64) -> String {
    let days = unixTime >= 0 ? unixTime / 86_400 : (unixTime - 86_399) / 86_400
    let second = unixTime - days * 86_400
    let (year, month, day) = civil(days)
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
      + "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))Z"
  }

  /// As headers spell it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
  static func date(_ unixTime: Int64) -> String {
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let days = max(0, unixTime) / 86_400
    let second = max(0, unixTime) % 86_400
    let (year, month, day) = civil(days)
    return "\(weekdays[Int(days % 7)]), \(pad(day, 2)) \(months[Int(month) - 1]) \(pad(year, 4)) "
      + "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2)) GMT"
  }

  /// The date of a day since 1970, in the Gregorian calendar (H. Hinnant, "chrono-Compatible
  /// Low-Level Date Algorithms"): eras of 400 years that begin in March.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let place = (5 * dayOfYear + 2) / 153
    let month = place < 10 ? place + 3 : place - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * place + 2) / 5 + 1)
  }

  private static func pad(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
