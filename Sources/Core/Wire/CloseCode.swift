/// A WebSocket close code: RFC 6455, 7.4, and the vendors' own above 3000.
package struct CloseCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let normal = CloseCode(rawValue: 1000)
  package static let goingAway = CloseCode(rawValue: 1001)
  package static let invalidPayload = CloseCode(rawValue: 1007)
  package static let policyViolation = CloseCode(rawValue: 1008)
  package static let tooBig = CloseCode(rawValue: 1009)
  package static let internalError = CloseCode(rawValue: 1011)
  /// OpenAI: the credential was refused.
  package static let unauthorized = CloseCode(rawValue: 3000)
  /// OpenAI: the request was refused.
  package static let badRequest = CloseCode(rawValue: 4000)

  /// RFC 6455, 5.5: a control frame holds 125 bytes, two of which are the code.
  package static let reasonBytesMax = 123

  package var description: String { String(rawValue) }
}
