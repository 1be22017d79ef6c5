import Wire

/// Which method of which service a WebSocket asks for.
///
/// Any prefix may stand before it: gateways add one, and SDKs keep it.
struct Endpoint: Hashable, Sendable {
  enum Service: Hashable, Sendable {
    /// `google.ai.generativelanguage`
    case gemini
    /// `google.cloud.aiplatform`
    case vertex
  }

  enum Method: String, Hashable, Sendable {
    case content = "BidiGenerateContent"
    /// For ephemeral tokens.
    case constrained = "BidiGenerateContentConstrained"
    case music = "BidiGenerateMusic"
  }

  let service: Service
  /// Such as `v1beta`.
  let version: String
  let method: Method

  static let standard = Endpoint(service: .gemini, version: "v1beta", method: .content)

  private init(service: Service, version: String, method: Method) {
    self.service = service
    self.version = version
    self.method = method
  }

  /// `…/google.ai.generativelanguage.{version}.GenerativeService.{method}`, or
  /// `…/google.cloud.aiplatform.{version}.LlmBidiService/BidiGenerateContent`.
  init?(path: String) {
    let words = path.split(separator: "/")
    guard let last = words.last else { return nil }
    if last == "BidiGenerateContent", words.count > 1 {
      let names = words[words.count - 2].split(separator: ".")
      guard names.count == 5, names[..<3] == ["google", "cloud", "aiplatform"],
        names[4] == "LlmBidiService", ["v1", "v1beta1"].contains(names[3])
      else { return nil }
      self.init(service: .vertex, version: String(names[3]), method: .content)
      return
    }
    let names = last.split(separator: ".")
    guard names.count == 6, names[..<3] == ["google", "ai", "generativelanguage"],
      names[4] == "GenerativeService", ["v1", "v1beta", "v1alpha"].contains(names[3]),
      let method = Method(rawValue: String(names[5]))
    else { return nil }
    self.init(service: .gemini, version: String(names[3]), method: method)
  }

  /// The endpoint of a request that asks for a WebSocket, if it is one of `methods`.
  static func accepts(_ request: Request, _ methods: Set<Method>) -> Bool {
    guard request.asksForWebSocket, let endpoint = Endpoint(path: request.path) else {
      return false
    }
    return methods.contains(endpoint.method)
  }
}
