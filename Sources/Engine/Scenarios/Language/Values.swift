import Conversation
import Faults

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

extension Values {
  /// `2`, `1-3` or `4-`.
  static func span(_ text: String) -> (first: Int, last: Int?)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = Int(parts[0]), first >= 1 else { return nil }
    guard parts.count == 2 else { return (first, first) }
    if parts[1].isEmpty { return (first, nil) }
    guard let last = Int(parts[1]), last >= first else { return nil }
    return (first, last)
  }

  /// `10s-40s`.
  static func window(_ text: String) -> Range<Duration>? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let first = duration(parts[0]), let last = duration(parts[1]),
      first < last
    else { return nil }
    return first..<last
  }

  static func trigger(_ text: String) -> Trigger? { Trigger.parse(text, duration: duration) }

  /// A name a template can say: letters, digits and '_'.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  static func flag(_ text: String) -> Bool? {
    switch text {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  static func isPattern(_ text: String) -> Bool { (try? Regex(text)) != nil }

  /// By the ending of a file's name.
  static func mimeType(of path: String) -> String? {
    let types = [
      "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
      "webp": "image/webp", "pdf": "application/pdf", "txt": "text/plain",
      "json": "application/json", "wav": "audio/wav", "html": "text/html",
      "mp4": "video/mp4", "webm": "video/webm",
    ]
    return path.split(separator: ".").last.flatMap { types[$0.lowercased()] }
  }
}

/// Some of the connections, counted from 1: `2`, `1-3` or `4-`.
package struct ConnectionSpan: Hashable, Sendable {
  private let first: Int
  private let last: Int

  package init?(_ text: String) {
    guard let span = Values.span(text) else { return nil }
    first = span.first
    last = span.last ?? .max
  }

  package func contains(_ number: Int) -> Bool { number >= first && number <= last }
}

extension Duration {
  /// A time as scenarios write it: `200ms`, `1.5s` or `10min`.
  package init?(written text: String) {
    guard let duration = Values.duration(text) else { return nil }
    self = duration
  }
}
