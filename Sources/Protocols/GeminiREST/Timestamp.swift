import VirtualTime

/// A moment of the calendar, in nanoseconds of Unix time, as RFC 3339 writes it.
struct Timestamp: Hashable, Comparable, Sendable {
  let nanoseconds: Int64

  init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  static func + (moment: Timestamp, duration: Duration) -> Timestamp {
    let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(duration.nanoseconds)
    return Timestamp(nanoseconds: overflow ? .max : sum)
  }

  static func - (moment: Timestamp, duration: Duration) -> Timestamp {
    moment + (.zero - duration)
  }

  static func - (later: Timestamp, earlier: Timestamp) -> Duration {
    .nanoseconds(later.nanoseconds - earlier.nanoseconds)
  }

  /// With six digits of the second, as resources carry it.
  var text: String { text(digits: 6) }

  /// With `digits` of the second, at most nine.
  func text(digits: Int) -> String {
    let second: Int64 = 1_000_000_000
    let seconds = nanoseconds.floored(by: second)
    let days = seconds.floored(by: 86_400)
    let (year, month, day) = Self.date(days: days)
    let time = Int(seconds - days * 86_400)
    var text: [UInt8] = []
    text.reserveCapacity(30)
    Self.write(year, width: 4, into: &text)
    for (mark, number) in zip(
      "--T::".utf8, [month, day, time / 3600, time / 60 % 60, time % 60])
    {
      text.append(mark)
      Self.write(number, width: 2, into: &text)
    }
    text.append(UInt8(ascii: "."))
    Self.write(Int(nanoseconds - seconds * second), width: 9, into: &text)
    text.removeLast(9 - digits)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// RFC 3339, 5.6, in UTC or with an offset; nil when it is none.
  init?(_ text: String) {
    let characters = Array(text.utf8)
    guard characters.count >= 20, characters.count <= 40, characters[4] == UInt8(ascii: "-"),
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

  /// The last `width` decimal digits.
  private static func write(_ number: Int, width: Int, into text: inout [UInt8]) {
    let start = text.count
    text += repeatElement(UInt8(ascii: "0"), count: width)
    var rest = number
    for place in stride(from: start + width - 1, through: start, by: -1) {
      text[place] += UInt8(rest % 10)
      rest /= 10
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

extension Duration {
  /// `300s` and `1.5s` of protobuf, and the units `ms`, `m` and `h` that scenarios use besides.
  init?(text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600]
    guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))],
      value * unit < 1e9
    else { return nil }
    self = .nanoseconds(Int64((value * unit * 1e9).rounded()))
  }
}
