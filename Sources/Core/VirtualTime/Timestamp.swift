/// A moment of the calendar, in nanoseconds of Unix time, as RFC 3339 writes it.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// Of Unix time, rounded down.
  package var milliseconds: Int64 { nanoseconds.floored(by: 1_000_000) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  package static func + (moment: Timestamp, duration: Duration) -> Timestamp {
    let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(duration.nanoseconds)
    return Timestamp(nanoseconds: overflow ? .max : sum)
  }

  package static func - (moment: Timestamp, duration: Duration) -> Timestamp {
    moment + (.zero - duration)
  }

  package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
    .nanoseconds(later.nanoseconds - earlier.nanoseconds)
  }

  /// With six digits of the second, as resources carry it.
  package var text: String { text(digits: 6) }

  /// With `digits` of the second, at most nine.
  package func text(digits: Int) -> String {
    let second: Int64 = 1_000_000_000
    let seconds = nanoseconds.floored(by: second)
    let days = seconds.floored(by: 86_400)
    let (year, month, day) = Self.date(days: days)
    let time = Int(seconds - days * 86_400)
    var text: [UInt8] = []
    text.reserveCapacity(30)
    Self.write(year, width: 4, into: &text)
    Self.write(month, width: 2, behind: "-", into: &text)
    Self.write(day, width: 2, behind: "-", into: &text)
    Self.write(time / 3600, width: 2, behind: "T", into: &text)
    Self.write(time / 60 % 60, width: 2, behind: ":", into: &text)
    Self.write(time % 60, width: 2, behind: ":", into: &text)
    if digits > 0 {
      Self.write(Int(nanoseconds - seconds * second), width: 9, behind: ".", into: &text)
      text.removeLast(9 - digits)
    }
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// As headers spell it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
  package var httpDate: String {
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let seconds = max(0, nanoseconds / 1_000_000_000)
    let (year, month, day) = Self.date(days: seconds / 86_400)
    var text = Array("\(weekdays[Int(seconds / 86_400 % 7)]), ".utf8)
    Self.write(day, width: 2, into: &text)
    text += " \(months[month - 1]) ".utf8
    Self.write(year, width: 4, into: &text)
    Self.write(Int(seconds / 3600 % 24), width: 2, behind: " ", into: &text)
    Self.write(Int(seconds / 60 % 60), width: 2, behind: ":", into: &text)
    Self.write(Int(seconds % 60), width: 2, behind: ":", into: &text)
    return String(decoding: text, as: UTF8.self) + " GMT"
  }

  /// RFC 3339, 5.6, in UTC or with an offset; nil when it is none, or not from 1970 to 2261.
  package init?(_ text: String) {
    let characters = Array(text.utf8)
    let separators = [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")]
    guard characters.count >= 20, characters.count <= 40, separators.contains(characters[10]),
      characters[4] == UInt8(ascii: "-"),
      characters[7] == UInt8(ascii: "-"), characters[13] == UInt8(ascii: ":"),
      characters[16] == UInt8(ascii: ":"),
      let year = Self.number(characters[0..<4]), let month = Self.number(characters[5..<7]),
      let day = Self.number(characters[8..<10]), let hour = Self.number(characters[11..<13]),
      let minute = Self.number(characters[14..<16]), let second = Self.number(characters[17..<19]),
      (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24,
      minute < 60, second < 61
    else { return nil }
    var rest = characters[19...]
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard (1...9).contains(digits.count), let value = Self.number(digits) else { return nil }
      fraction = (digits.count..<9).reduce(value) { value, _ in value * 10 }
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let offset = Self.offset(Array(rest)) else { return nil }
    let seconds =
      Self.days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second
      - offset
    nanoseconds = Int64(seconds) * 1_000_000_000 + Int64(fraction)
  }

  private static func offset(_ text: [UInt8]) -> Int? {
    if text == [UInt8(ascii: "Z")] || text == [UInt8(ascii: "z")] { return 0 }
    guard text.count == 6, text[3] == UInt8(ascii: ":"), let hours = number(text[1..<3]),
      let minutes = number(text[4..<6])
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    switch text[0] {
    case UInt8(ascii: "+"): return seconds
    case UInt8(ascii: "-"): return -seconds
    default: return nil
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// The last `width` decimal digits, behind a mark.
  private static func write(
    _ number: Int, width: Int, behind mark: Unicode.Scalar? = nil, into text: inout [UInt8]
  ) {
    if let mark { text.append(UInt8(ascii: mark)) }
    var scale = 1
    for _ in 1..<width { scale *= 10 }
    while scale > 0 {
      text.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
      scale /= 10
    }
  }

  /// Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = Int(days) + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }
}

extension Int64 {
  /// The quotient, rounded down.
  fileprivate func floored(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
