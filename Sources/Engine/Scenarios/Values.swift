import Conversation

/// Scalars that mean more than their text.
enum Values {
  static let paceWords = ["service", "realtime", "fast"]
  private static let factorMax = 1000.0

  /// `service`, `realtime`, `fast`, or a positive factor up to 1000 before an `x`.
  static func pace(_ text: String) -> Pace? {
    switch text {
    case "service": return .service
    case "realtime": return .realtime
    case "fast": return .fast
    default:
      guard text.hasSuffix("x"), let factor = Double(text.dropLast()), factor > 0,
        factor <= factorMax
      else { return nil }
      return .times(factor)
    }
  }

  /// A number and its unit, `ms`, `s` or `min`.
  static func duration(_ text: String) -> Duration? {
    let units = [("ms", 1.0), ("min", 60_000.0), ("s", 1000.0)]
    guard let (unit, milliseconds) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count)), number >= 0, number < 1e9
    else { return nil }
    return .nanoseconds(Int64(number * milliseconds * 1_000_000))
  }

  /// A duration as a scenario writes it.
  static func spelling(_ duration: Duration) -> String {
    let milliseconds = duration / .milliseconds(1)
    if milliseconds < 1000 { return "\(Int(milliseconds))ms" }
    if milliseconds < 60_000 { return "\(Int(milliseconds / 1000))s" }
    return "\(Int(milliseconds / 60_000))min"
  }

  /// RFC 6455, 7.4: the codes an endpoint may send; 1004 to 1006 and 1015 never stand in a frame.
  static func closeCode(_ text: String) -> UInt16? {
    guard let code = UInt16(text) else { return nil }
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: return code
    default: return nil
    }
  }
}
