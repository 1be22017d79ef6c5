import Conversation
import JSON
import VirtualTime
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

  /// Nil keys admit any credential, but none is never enough.
  static func admit(_ request: Request, _ settings: SessionSettings) throws(Refusal) {
    guard let credential = credential(request) else {
      throw Refusal(
        .permissionDenied,
        "Method doesn't allow unregistered callers (callers without established identity). "
          + "Please use API Key or other form of API consumer identity to call this API.",
        explanation: "no API key; send the header 'x-goog-api-key: KEY' or '?key=KEY'")
    }
    if settings.expiredKeys.contains(credential) {
      // Recorded: the reason is that of a key which is wrong.
      throw badKey(
        "API key expired. Please renew the API key.",
        explanation: "the key is one of the scenario's 'auth.expired'")
    }
    guard let keys = settings.keys, !keys.contains(credential) else { return }
    let explanation = "the credential is none of the scenario's 'auth.keys'"
    if credential == token(request) {
      throw Refusal(
        .unauthenticated,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
          + "cookie or other valid authentication credential. "
          + "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        explanation: explanation)
    }
    throw badKey("API key not valid. Please pass a valid API key.", explanation: explanation)
  }

  /// Recorded: a bad key is 400, not 401.
  private static func badKey(_ text: String, explanation: String) -> Refusal {
    Refusal(
      .invalidArgument, text,
      details: [
        errorInfo("API_KEY_INVALID"),
        [
          "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US",
          "message": .string(text),
        ],
      ], explanation: explanation)
  }

  private static func errorInfo(_ reason: String) -> JSONValue {
    [
      "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(reason),
      "domain": "googleapis.com", "metadata": ["service": "generativelanguage.googleapis.com"],
    ]
  }

  /// Counts the request, and refuses what is too many (Gemini API, "Rate limits"; details as
  /// recorded).
  static func count(
    _ request: Request, _ settings: SessionSettings, _ namespace: inout Namespace, at now: Instant
  ) throws(Refusal) {
    guard let quota = settings.quota,
      let wait = namespace[QuotaMeter.self, default: QuotaMeter()].take(of: quota, at: now)
    else { return }
    let address = "https://ai.google.dev/gemini-api/docs/rate-limits"
    throw Refusal(
      .resourceExhausted,
      "You exceeded your current quota, please check your plan and billing details. For more "
        + "information on this error, head to: \(address).",
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.QuotaFailure",
          "violations": [
            [
              "quotaMetric": "generativelanguage.googleapis.com/requests",
              "quotaId": "RequestsPerMinutePerProject",
              "quotaDimensions": ["location": "global"], "quotaValue": .string(String(quota)),
            ]
          ],
        ],
        [
          "@type": "type.googleapis.com/google.rpc.Help",
          "links": [
            [
              "description": "Learn more about Gemini API quotas", "url": .string(address),
            ]
          ],
        ],
        Refusal.retryInfo(wait),
      ], explanation: "the scenario's 'auth.quota' is \(quota) requests in a minute")
  }

  /// Model tuning, "Share a tuned model": permissions belong to accounts, not to API keys; what
  /// else does is the scenario's to say.
  static func requireOAuth(_ request: Request, for route: Route, _ settings: SessionSettings)
    throws(Refusal)
  {
    if settings.methodsOfOAuth.isEmpty || token(request) != nil { return }
    let method = MethodName.of(request, route)
    guard let word = settings.methodsOfOAuth.first(where: { "\(method).".hasPrefix("\($0).") })
    else { return }
    throw Refusal(
      .unauthenticated,
      "API keys are not supported by this API. Expected OAuth2 access token or other "
        + "authentication credentials that assert a principal. "
        + "See https://cloud.google.com/docs/authentication",
      details: [errorInfo("CREDENTIALS_MISSING")],
      explanation: "'auth.oauth_only' names '\(word)'; send 'Authorization: Bearer TOKEN'")
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
