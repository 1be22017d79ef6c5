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

  /// RFC 6455, 7.4: the codes an endpoint may send; 1004 to 1006 and 1015 never stand in a frame.
  static func closeCode(_ text: String) -> UInt16? {
    guard let code = UInt16(text) else { return nil }
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: return code
    default: return nil
    }
  }
}
