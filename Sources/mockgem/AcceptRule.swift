import Scenarios
import Transport
import Wire

/// What becomes of some connections before anything of them is read, as `--accept` says it.
///
///     --accept 'reset 1-2'        what a client sees of a service that is about to come up
///     --accept 'alert 3-'         a TLS handshake that ends in an alert
struct AcceptRule: Sendable {
  private let admission: Admission
  private let span: ConnectionSpan

  static let words = ["reset", "close", "ignore", "alert", "tls_close", "tls_reset"]

  /// Nil when the words are none.
  init?(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard let fate = words.first, words.count <= 2,
      let span = ConnectionSpan(words.count == 2 ? words[1] : "1-")
    else { return nil }
    switch fate {
    case "reset": admission = .reset
    case "close": admission = .close
    case "ignore": admission = .ignore
    // RFC 8446, 6.2: handshake_failure.
    case "alert": admission = .abortHandshake(.alert(40))
    case "tls_close": admission = .abortHandshake(.close)
    case "tls_reset": admission = .abortHandshake(.reset)
    default: return nil
    }
    self.span = span
  }

  /// What becomes of a connection, counted from 1 since the server began; the first rule holds.
  static func admission(of number: Int, by rules: [AcceptRule]) -> Admission {
    rules.first { $0.span.contains(number) }?.admission ?? .serve
  }
}
