import JSON

/// An MCP server as the scenario describes it: the service lists its tools and calls them itself.
struct MCPServer: Hashable, Sendable {
  struct Tool: Hashable, Sendable {
    let name: String
    /// What `mcp_list_tools` shows of it.
    let json: JSONValue
    let output: String
    /// One of the error objects of an `mcp_call`; nil when calling works.
    let error: JSONValue?
  }

  let label: String
  let tools: [Tool]
  /// Whether listing the tools fails.
  let isFailed: Bool

  func tool(_ name: String) -> Tool? { tools.first { $0.name == name } }

  /// The servers of the option `mcp`; what has no meaning there is left out.
  static func read(_ document: JSONValue?) -> [MCPServer] {
    (document?.object?.members ?? []).map { member in
      MCPServer(
        label: member.name, tools: (member.value["tools"]?.array ?? []).compactMap(tool),
        isFailed: member.value["failed"]?.bool ?? false)
    }
  }

  private static func tool(_ value: JSONValue) -> Tool? {
    guard let name = value["name"]?.string else { return nil }
    let output = value["output"] ?? ""
    return Tool(
      name: name,
      json: [
        "name": .string(name), "description": value["description"] ?? .null,
        "input_schema": value["input_schema"] ?? ["type": "object", "properties": [:]],
        "annotations": value["annotations"] ?? .null,
      ],
      output: output.string ?? output.description, error: value["error"])
  }
}
