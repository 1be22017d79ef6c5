import JSON

/// What may stand in `tools` and `tool_choice` (Session reference, "tools").
enum ToolRules {
  @Sendable static func tools(_ value: JSONValue, _ path: String) -> Refusal? {
    guard let tools = value.array else { return .wrongType(path, "an array", value) }
    for (index, tool) in tools.enumerated() {
      if let refusal = refusal(of: tool, at: "\(path)[\(index)]") { return refusal }
    }
    return nil
  }

  private static func refusal(of tool: JSONValue, at path: String) -> Refusal? {
    guard tool.object != nil else { return .wrongType(path, "an object", tool) }
    switch tool["type"]?.string {
    case "function":
      if tool["name"] == nil, tool["function"] != nil {
        return Refusal.missing("\(path).name").hinting(
          "the tool is written in the nested form of chat completions; the Realtime API wants "
            + #"{"type": "function", "name": …, "description": …, "parameters": …}"#)
      }
      return function.refusal(of: tool, at: path)
    case "mcp":
      if let refusal = mcp.refusal(of: tool, at: path) { return refusal }
      let hasServer = ["server_url", "connector_id", "tunnel_id"].contains { tool[$0] != nil }
      return hasServer ? nil : .missing("\(path).server_url")
    case .some(let type): return .unsupported("\(path).type", type, ["function", "mcp"])
    case nil: return .missing("\(path).type")
    }
  }

  private static let function: ParameterRule = .requiring(
    ["name"],
    .object([
      "type": .text, "name": .text, "description": .nullOr(.text), "parameters": .anything,
    ]))

  private static let mcp: ParameterRule = .requiring(
    ["server_label"],
    .object([
      "type": .text, "server_label": .text, "server_url": .text, "connector_id": .text,
      "tunnel_id": .text, "server_description": .text, "authorization": .text,
      "headers": .nullOr(.anything), "allowed_tools": .nullOr(.anything),
      "allowed_callers": .anything, "defer_loading": .flag,
      "require_approval": .nullOr(
        .stringOr(
          .oneOf(["always", "never"]),
          otherwise: .object(["always": .anything, "never": .anything]))),
    ]))

  static let choice: ParameterRule = .stringOr(
    .oneOf(["auto", "none", "required"]),
    otherwise: .custom { value, path in
      let isMCP = value["type"]?.string == "mcp"
      let rule: ParameterRule =
        isMCP
        ? .requiring(
          ["server_label"],
          .object(["type": .text, "server_label": .text, "name": .nullOr(.text)]))
        : .requiring(
          ["type", "name"], .object(["type": .oneOf(["function", "mcp"]), "name": .text]))
      return rule.refusal(of: value, at: path)
    })
}
