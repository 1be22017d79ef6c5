import Wire

/// What a request calls, in the words of the API's discovery document:
/// `tunedModels.permissions.list`, `models.generateContent`, `files.create`.
enum MethodName {
  private static let collections: Set<String> = [
    "models", "tunedModels", "tunedModels.permissions", "tunedModels.operations", "files",
    "cachedContents", "dynamic", "operations", "batches", "corpora", "corpora.permissions",
  ]
  private static let standard: Set<String> = ["create", "get", "list", "patch", "delete"]

  /// Whether there is such a method, or a collection of methods.
  static func isKnown(_ word: String) -> Bool {
    if collections.contains(word) { return true }
    guard let dot = word.lastIndex(of: "."), collections.contains(String(word[..<dot])) else {
      return false
    }
    let method = String(word[word.index(after: dot)...])
    return standard.contains(method) || Route.verbs.contains(method)
  }

  static func of(_ request: Request, _ route: Route) -> String {
    let names = route.words.indices.filter { $0.isMultiple(of: 2) }.map { route.words[$0] }
    let isItem = route.words.count.isMultiple(of: 2)
    let verb = request.pathWords.last?.split(separator: ":", maxSplits: 1).dropFirst().first
    let method = verb.map(String.init) ?? standard(request.method, isItem: isItem)
    return (names + [method]).joined(separator: ".")
  }

  /// AIP-130, "Methods".
  private static func standard(_ method: String, isItem: Bool) -> String {
    switch method {
    case "GET": isItem ? "get" : "list"
    case "POST", "PUT": "create"
    case let other: other.lowercased()
    }
  }
}
