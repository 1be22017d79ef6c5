/// What becomes of a connection before anything of it is read.
package enum Admission: Hashable, Sendable {
  case serve
  /// Reset right after it was accepted: what a client sees of a service that is about to come up.
  case reset
  /// Closed right after it was accepted.
  case close
  /// Kept open, and never answered, until the client gives up.
  case ignore
  /// As `serve`, but a TLS handshake ends behind the client's hello.
  case abortHandshake(HandshakeAbort)

  /// How a TLS handshake ends.
  package enum HandshakeAbort: Hashable, Sendable {
    /// With a fatal alert of RFC 8446, 6.2: 40 is handshake_failure, 80 internal_error, 112
    /// unrecognized_name.
    case alert(UInt8)
    case close
    case reset
  }
}
