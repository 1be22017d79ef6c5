import Conversation
import Wire

/// The API key or the ephemeral token a client shows.
struct Credential: Hashable, Sendable {
  enum Place: Hashable, Sendable { case keyHeader, authorization, query }

  let text: String
  let place: Place

  /// In any of the places the SDKs put it; an empty one is none.
  init?(_ request: Request) {
    if let key = request.header("x-goog-api-key"), !key.isEmpty {
      (text, place) = (key, .keyHeader)
      return
    }
    if let authorization = request.header("Authorization") {
      let words = authorization.split(separator: " ", maxSplits: 1)
      if words.count == 2, ["token", "bearer"].contains(words[0].lowercased()) {
        (text, place) = (words[1].trimmingSpaces(), .authorization)
        return
      }
    }
    guard let text = request.query("key") ?? request.query("access_token"), !text.isEmpty else {
      return nil
    }
    (self.text, place) = (text, .query)
  }

  var isToken: Bool { text.hasPrefix(EphemeralToken.prefix) }

  /// A token leads to the namespace of the key it was made with.
  static func namespace(of request: Request) -> String? {
    guard let credential = Credential(request) else { return nil }
    return EphemeralToken.namespace(of: credential.text) ?? Namespace.name(ofKey: credential.text)
  }
}
