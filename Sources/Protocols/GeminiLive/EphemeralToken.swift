import Conversation
import JSON
import VirtualTime

/// A token that a browser may show instead of an API key (Live API, "Ephemeral tokens").
struct EphemeralToken: Hashable, Sendable {
  static let prefix = "auth_tokens/"
  /// How many hexadecimal digits name the namespace of the key the token was made with.
  private static let namespaceDigits = 16
  private static let secretDigits = 48

  /// `auth_tokens/` and 64 digits.
  var name: String
  /// How many sessions may begin with it; nil for any number.
  var usesLeft: Int?
  /// In milliseconds since 1970.
  let expires: Int64
  let newSessionExpires: Int64
  /// What the session is set up with, whatever the client sends; nil where nothing is locked.
  let constraints: TokenConstraints?

  static func name(in namespace: String, _ dice: inout Dice) -> String {
    prefix + namespace + dice.characters(secretDigits, of: .hexadecimal)
  }

  /// The namespace a token was made in; nil when `text` is no token.
  static func namespace(of text: String) -> String? {
    guard text.hasPrefix(prefix) else { return nil }
    let digits = text.dropFirst(prefix.count).prefix(namespaceDigits)
    guard digits.utf8.count == namespaceDigits, UInt64(digits, radix: 16) != nil else {
      return nil
    }
    return String(digits)
  }
}

/// The tokens of a namespace.
struct TokenShelf: Sendable {
  /// The oldest give way.
  private static let tokensMax = 10_000

  private var tokens: [String: EphemeralToken] = [:]
  private var names: [String] = []
  private var oldest = 0

  mutating func add(_ token: EphemeralToken) {
    tokens[token.name] = token
    names.append(token.name)
    if names.count - oldest > Self.tokensMax {
      tokens[names[oldest]] = nil
      oldest += 1
      if oldest == Self.tokensMax {
        names.removeFirst(oldest)
        oldest = 0
      }
    }
  }

  /// The token `name`, if a session may begin or go on with it; a new session is one use.
  mutating func use(_ name: String, resuming: Bool, atUnixMilliseconds now: Int64) throws(Refused)
    -> EphemeralToken
  {
    guard let token = tokens[name] else {
      throw Refused(
        .keyInvalid, explanation: "no such ephemeral token: make one with POST /v1alpha/auth_tokens"
      )
    }
    if token.expires <= now {
      throw Refused(.tokenExpired, explanation: "the token's expireTime has passed")
    }
    if resuming { return token }
    if token.newSessionExpires <= now {
      throw Refused(
        .tokenExpired,
        explanation: "the token's newSessionExpireTime has passed: no new session may begin")
    }
    if let left = token.usesLeft {
      guard left > 0 else {
        throw Refused(
          .tokenUsed, explanation: "the token has begun as many sessions as its 'uses' allow")
      }
      tokens[name]?.usesLeft = left - 1
    }
    return token
  }
}

/// The part of `setup` that a token decides.
struct TokenConstraints: Hashable, Sendable {
  let setup: JSONObject
  /// Paths into `setup`; nil when the token's setup takes the place of the client's.
  let mask: [String]?

  /// The client's setup with what the token decides.
  func applied(to client: JSONObject) -> JSONObject {
    guard let mask else {
      var forced = setup
      // Resuming is the client's to ask: it does not count as a use of the token.
      if forced["sessionResumption"] == nil {
        forced["sessionResumption"] = client["sessionResumption"]
      }
      return forced
    }
    var merged = client
    for path in mask {
      let names = path.split(separator: ".").map { Self.camelCase(String($0)) }
      Self.copy(names[...], from: setup, into: &merged)
    }
    return merged
  }

  private static func copy(
    _ names: ArraySlice<String>, from source: JSONObject, into target: inout JSONObject
  ) {
    guard let name = names.first else { return }
    if names.count == 1 {
      target[name] = source[name]
      return
    }
    var inner = target[name]?.object ?? [:]
    copy(names.dropFirst(), from: source[name]?.object ?? [:], into: &inner)
    target[name] = inner.isEmpty && target[name] == nil ? nil : .object(inner)
  }

  /// SDKs keep the snake_case of what the caller wrote.
  private static func camelCase(_ name: String) -> String {
    var camel = ""
    var isUpper = false
    for character in name {
      if character == "_" {
        isUpper = true
      } else {
        camel += isUpper ? character.uppercased() : String(character)
        isUpper = false
      }
    }
    return camel
  }
}
