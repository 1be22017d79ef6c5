/// Why a server cannot start, and what to do about it.
package struct TransportError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// The machine would not: a port in use, no descriptors left.
    case unavailable
    /// The machine does not have the address.
    case addressMissing
    /// A file given by the user is wrong.
    case badInput
  }

  package let kind: Kind
  package let message: String
  package let hint: String?

  static func unavailable(_ message: String, hint: String? = nil) -> TransportError {
    TransportError(kind: .unavailable, message: message, hint: hint)
  }

  static func addressMissing(_ message: String, hint: String? = nil) -> TransportError {
    TransportError(kind: .addressMissing, message: message, hint: hint)
  }

  static func badInput(_ message: String, hint: String? = nil) -> TransportError {
    TransportError(kind: .badInput, message: message, hint: hint)
  }
}
