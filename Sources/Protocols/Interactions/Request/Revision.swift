import Wire

/// The two schemas the API has had.
///
/// Interactions migration guide, "May 2026": `steps` is the one in force; `legacy` holds flat
/// `outputs` and was switched off in June 2026.
enum Revision: String, Sendable {
  case steps
  case legacy

  /// Which schemas a scenario serves.
  enum Policy: String, CaseIterable, Sendable {
    case steps
    case legacy
    /// Each client gets the one it speaks.
    case auto
    /// As after the switch-off: the header counts for nothing, and old clients are refused.
    case sunset
  }

  /// Nil when the client speaks a schema that is served no more.
  static func of(_ request: Request, by policy: Policy) -> Revision? {
    switch policy {
    case .steps: .steps
    case .legacy: .legacy
    case .auto: header(request) ?? (isOldClient(request) ? .legacy : .steps)
    case .sunset: isOldClient(request) ? nil : .steps
    }
  }

  /// Migration guide, "Api-Revision": the day a schema was published chooses it.
  private static func header(_ request: Request) -> Revision? {
    switch request.header("Api-Revision") {
    case nil, "": nil
    case .some(let day): day < "2026-05-20" ? .legacy : .steps
    }
  }

  /// google-genai before 2.0 sends no revision; its name tells it apart.
  private static func isOldClient(_ request: Request) -> Bool {
    let words = request.header("User-Agent")?.split(separator: " ") ?? []
    return words.enumerated().contains { index, word in
      switch word {
      case "GeminiNextGenAPIClient/Python":
        index + 1 < words.count && words[index + 1].hasPrefix("1.")
      default: word.hasPrefix("google-genai-sdk/1.")
      }
    }
  }
}
