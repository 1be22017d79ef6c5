import Conversation
import JSON

/// Keys a server makes for its browsers (Realtime guide, "client_secrets"): each opens sessions of
/// one configuration, until it expires. They are kept in the namespace of the key that made them.
struct EphemeralKeys: Sendable {
  static let prefix = "ek_"
  /// More than any test makes; the oldest are forgotten.
  private static let countMax = 10_000

  private struct Key: Sendable {
    let value: String
    let expiresAt: Int64
    let session: JSONObject
  }

  private var keys: [Key] = []

  mutating func add(_ value: String, expiresAt: Int64, session: JSONObject) {
    if keys.count >= Self.countMax { keys.removeFirst() }
    keys.append(Key(value: value, expiresAt: expiresAt, session: session))
  }

  /// What sessions of this key start with; nil for a key that is unknown or has expired.
  func session(of value: String, at unixTime: Int64) -> JSONObject? {
    keys.last { $0.value == value && unixTime < $0.expiresAt }?.session
  }

  /// The namespace of a key, as 16 hexadecimal digits. An ephemeral key has the digits of the key
  /// that made it, so that both lead to the same place.
  static func namespace(of key: String) -> String {
    if key.hasPrefix(prefix) {
      let digits = key.dropFirst(prefix.count).prefix(16)
      if digits.count == 16, digits.allSatisfy(\.isHexDigit) { return String(digits) }
    }
    return Namespace.name(ofKey: key)
  }
}
