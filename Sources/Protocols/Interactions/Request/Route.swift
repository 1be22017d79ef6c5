import OpenAPI
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

  /// One method of one path behind the version.
  struct Rule: Sendable {
    let method: String
    let path: PathPattern
    let summary: String
    let route: @Sendable (_ id: String) -> Route

    init(
      _ method: String, _ path: String, _ summary: String,
      _ route: @escaping @Sendable (_ id: String) -> Route
    ) {
      self.method = method
      self.path = PathPattern(path)
      self.summary = summary
      self.route = route
    }
  }

  static let rules = [
    Rule("POST", "interactions", "The next turn of a model, or a run of an agent.") { _ in .create
    },
    Rule("GET", "interactions/{interaction}", "An interaction, or its events.") { .get(id: $0) },
    Rule("HEAD", "interactions/{interaction}", "Whether there is an interaction.") { .get(id: $0) },
    Rule("DELETE", "interactions/{interaction}", "Deletes an interaction.") { .delete(id: $0) },
    Rule("POST", "interactions/{interaction}/cancel", "Ends a run in the background.") {
      .cancel(id: $0)
    },
  ]

  /// The one that documents show comes first.
  static let versions = ["v1beta", "v1", "v1alpha", "v1beta1"]

  init?(_ request: Request) {
    if request.asksForWebSocket { return nil }
    let words = request.pathWords
    guard let place = words.lastIndex(of: "interactions"),
      words[..<place].contains(where: Self.versions.contains)
    else { return nil }
    var isPath = false
    for rule in Self.rules {
      guard let captures = rule.path.captures(of: words[place...]) else { continue }
      if rule.method == request.method {
        self = rule.route(captures["interaction"] ?? "")
        return
      }
      isPath = true
    }
    if !isPath { return nil }
    self = .unsupported(method: request.method)
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
