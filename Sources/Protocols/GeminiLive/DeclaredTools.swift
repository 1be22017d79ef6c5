import JSON

/// What the model may use: the functions of the client, and the tools of the service.
struct DeclaredTools: Hashable, Sendable {
  /// The `behavior` each function was declared with, where it was.
  private var functions: [String: String?] = [:]
  private(set) var runsCode = false

  init(_ tools: [JSONValue]) {
    for tool in tools {
      if tool["codeExecution"] != nil { runsCode = true }
      for function in tool["functionDeclarations"]?.array ?? [] {
        guard let name = function["name"]?.string else { continue }
        functions[name] = .some(function["behavior"]?.string)
      }
    }
  }

  func declares(_ name: String) -> Bool { functions[name] != nil }

  var isEmpty: Bool { functions.isEmpty }

  /// Live API, "Asynchronous function calling": whether the model waits for the result of `name`.
  func isBlocking(_ name: String, for profile: ModelProfile) -> Bool {
    if profile.callsAreFixed { return profile.callsBlock }
    switch functions[name] ?? nil {
    case "BLOCKING": return true
    case "NON_BLOCKING": return false
    case .some, .none: return profile.callsBlock
    }
  }
}
