import Conversation
import JSON
import VirtualTime

/// A call that waits for an `mcp_approval_response`.
struct PendingApproval: Sendable {
  let call: CallBatch.Call
  let server: MCPServer
}

/// Tools of MCP servers: the service lists them, calls them, and asks the client where it wants to
/// be asked (Realtime guide, "MCP").
extension LiveSession {
  /// More servers than any session names.
  private static let serversMax = 1000

  /// Lists the tools of servers the session names for the first time.
  mutating func listServers(at now: Instant) {
    for tool in configuration.tools where tool["type"] == "mcp" {
      guard let label = tool["server_label"]?.string, !listedServers.contains(label),
        listedServers.count < Self.serversMax
      else { continue }
      listedServers.append(label)
      list(label, at: now)
    }
  }

  private mutating func list(_ label: String, at now: Instant) {
    let server = knobs.servers.first { $0.label == label }
    if server == nil {
      explain(
        "the scenario knows no MCP server '\(label)', so it has no tools; "
          + "'openai-realtime: {mcp: {\(label): {tools: […]}}}' describes one")
    }
    let id = newID("item_", at: now)
    send("mcp_list_tools.in_progress", ["item_id": .string(id)], at: now)
    if server?.isFailed == true {
      return send("mcp_list_tools.failed", ["item_id": .string(id)], at: now)
    }
    let tools = server?.tools.map(\.json) ?? []
    let item: JSONObject = [
      "id": .string(id), "type": "mcp_list_tools", "server_label": .string(label),
      "tools": .array(tools),
    ]
    addToConversation(.init(id: id, json: item, tokens: TokenCount()), now: now)
    send("mcp_list_tools.completed", ["item_id": .string(id)], at: now)
  }

  /// The server whose tool `name` is, and whether the client wants to be asked before it is called.
  func server(of name: String) -> (MCPServer?, approves: Bool) {
    for tool in responses.first?.tools ?? [] where tool["type"] == "mcp" {
      guard let label = tool["server_label"]?.string,
        let server = knobs.servers.first(where: { $0.label == label }), server.tool(name) != nil
      else { continue }
      return (server, Self.approves(name, tool["require_approval"]))
    }
    return (nil, false)
  }

  /// Session reference, "require_approval": always, unless the client says otherwise.
  private static func approves(_ name: String, _ rule: JSONValue?) -> Bool {
    if let word = rule?.string { return word != "never" }
    let never = rule?["never"]?["tool_names"]?.array ?? []
    return !never.contains(.string(name))
  }

  /// Calls a tool within a response; its arguments were sent.
  mutating func run(_ call: CallBatch.Call, on server: MCPServer, at now: Instant) {
    let item = result(of: call, on: server)
    let place: JSONObject = [
      "item_id": .string(call.itemID), "output_index": .int(call.outputIndex),
    ]
    send("response.mcp_call.in_progress", place, at: now)
    let isFailed = item.json["error"]?.isNull == false
    send("response.mcp_call.\(isFailed ? "failed" : "completed")", place, at: now)
    finish(item: item, at: call.outputIndex, now: now)
  }

  private mutating func result(of call: CallBatch.Call, on server: MCPServer)
    -> ConversationItems.Item
  {
    let tool = server.tool(call.name)
    let error = tool?.error ?? .null
    let output: JSONValue = error.isNull ? .string(tool?.output ?? "") : .null
    // The model reads it as it reads what a function of the client returned.
    brought.add(ToolResult(id: call.itemID, name: call.name, output: output.parsedText))
    return .init(
      id: call.itemID,
      json: call.item("completed", arguments: call.arguments, output: output, error: error),
      tokens: TokenCount(text: TokenCount.text(call.arguments)))
  }

  /// The client has answered an `mcp_approval_request`: the call is made at once, and the model
  /// goes on with the next response.
  mutating func approve(_ requestID: String, _ isApproved: Bool, at now: Instant) {
    guard let index = approvals.firstIndex(where: { $0.call.itemID == requestID }) else { return }
    let approval = approvals.remove(at: index)
    guard isApproved else { return }
    let call = CallBatch.Call(
      itemID: newID("item_", at: now), outputIndex: 0,
      kind: .server(approval.server, approvalID: requestID), name: approval.call.name,
      arguments: approval.call.arguments)
    let begun = call.item("in_progress", arguments: call.arguments)
    let previous = items.append(.init(id: call.itemID, json: begun, tokens: TokenCount()))
    send(
      "conversation.item.added",
      ["previous_item_id": .optional(previous), "item": .object(begun)], at: now)
    let item = result(of: call, on: approval.server)
    let place: JSONObject = ["item_id": .string(call.itemID), "output_index": 0]
    send("response.mcp_call.in_progress", place, at: now)
    let isFailed = item.json["error"]?.isNull == false
    send("response.mcp_call.\(isFailed ? "failed" : "completed")", place, at: now)
    items.replace(item)
    send(
      "conversation.item.done",
      ["previous_item_id": .optional(previous), "item": .object(item.json)], at: now)
  }
}
