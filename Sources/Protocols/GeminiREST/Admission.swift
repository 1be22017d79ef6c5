import JSON
import Wire

/// Who may call: API keys in the header or the query, OAuth tokens in `Authorization`.
enum Admission {
  /// The key or the token, in any of the places clients put it.
  static func credential(_ request: Request) -> String? {
    if let key = request.header("x-goog-api-key"), !key.isEmpty { return key }
    if let token = token(request) { return token }
    return [request.query("key"), request.query("access_token")].compactMap { $0 }.first {
      !$0.isEmpty
    }
  }

  private static func token(_ request: Request) -> String? {
    let words = (request.header("Authorization") ?? "").split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    return words[1].trimmingSpaces()
  }

  /// Nil `keys` admit any credential, but none is never enough.
  static func admit(_ request: Request, keys: [String]?) throws(Refusal) {
    guard let credential = credential(request) else {
      throw Refusal(
        .permissionDenied,
        "Method doesn't allow unregistered callers (callers without established identity). "
          + "Please use API Key or other form of API consumer identity to call this API.",
        explanation: "no API key; send the header 'x-goog-api-key: KEY' or '?key=KEY'")
    }
    guard let keys, !keys.contains(credential) else { return }
    let explanation = "the credential is none of the scenario's keys"
    if credential == token(request) {
      throw Refusal(
        .unauthenticated,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
          + "cookie or other valid authentication credential. "
          + "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        explanation: explanation)
    }
    // Recorded: a bad key is 400, not 401.
    let text = "API key not valid. Please pass a valid API key."
    throw Refusal(
      .invalidArgument, text,
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
          "domain": "googleapis.com",
          "metadata": ["service": "generativelanguage.googleapis.com"],
        ],
        [
          "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US",
          "message": .string(text),
        ],
      ], explanation: explanation)
  }

  /// The credential as a parameter of an address that carries no header later: requests to an
  /// upload's own address come without a key, and must find the same resources.
  static func queryItem(_ request: Request) -> String {
    guard let credential = credential(request) else { return "" }
    let name = credential == token(request) ? "access_token" : "key"
    return "\(name)=\(percentEncoded(credential))&"
  }

  /// RFC 3986, 2.3: all but the unreserved characters are escaped.
  private static func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
        encoded.append(character)
      } else {
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
