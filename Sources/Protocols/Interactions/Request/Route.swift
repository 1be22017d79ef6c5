import Wire

/// What a request is addressed to.
///
/// Gemini API reference, "Interactions": the collection, an interaction, or its `:cancel` spelt as
/// a path. Every version serves the same, under any prefix a base URL has.
enum Route: Hashable, Sendable {
  case create
  case get(id: String)
  case delete(id: String)
  case cancel(id: String)
  /// The path is right, the method is not.
  case unsupported(method: String)

  private static let versions: Set<String> = ["v1", "v1beta", "v1alpha", "v1beta1"]

  init?(_ request: Request) {
    if request.asksForWebSocket { return nil }
    let words = request.pathWords
    guard let place = words.lastIndex(of: "interactions"),
      words[..<place].contains(where: Self.versions.contains)
    else { return nil }
    let rest = Array(words[(place + 1)...])
    if rest.count > 2 || (rest.count == 2 && rest[1] != "cancel") { return nil }
    switch (request.method, rest.count) {
    case ("POST", 0): self = .create
    case ("GET", 1), ("HEAD", 1): self = .get(id: rest[0])
    case ("DELETE", 1): self = .delete(id: rest[0])
    case ("POST", 2): self = .cancel(id: rest[0])
    case (let method, _): self = .unsupported(method: method)
    }
  }
}

/// Where clients put their key.
enum Credential {
  /// Gemini API reference, "Authentication": the header, the query parameter of shell snippets, or
  /// a token of OAuth.
  static func of(_ request: Request) -> String? {
    if let key = request.header("x-goog-api-key"), !key.isEmpty { return key }
    if let key = request.query("key"), !key.isEmpty { return key }
    let words = request.header("Authorization")?.split(separator: " ", maxSplits: 1) ?? []
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    return words[1].trimmingSpaces()
  }
}
