import Conversation
import JSON
import VirtualTime

/// Calls the model makes in one response: of the client's functions, and of MCP servers' tools.
struct CallBatch: Sendable {
  struct Call: Sendable {
    enum Kind: Sendable {
      case function(callID: String)
      /// The service calls it itself.
      case server(MCPServer, approvalID: String?)
      /// The client is asked first.
      case approval(MCPServer)
    }

    let itemID: String
    let outputIndex: Int
    let kind: Kind
    let name: String
    let arguments: String
  }

  let calls: [Call]
  /// Whether the client knows of the items.
  var isAnnounced = false
  var due: Instant
}

/// How the model calls functions (Realtime guide, "Function calling"; recorded).
///
/// All items of a batch are announced first, and all are closed in one burst: a client that answers
/// a call as soon as it sees its end finds the response over.
extension LiveSession {
  mutating func call(_ calls: [ToolCall], at now: Instant) {
    guard isReady(for: .call(calls), at: now) else { return }
    // Recorded with the second generation: a message that leads to a call ends after the call has
    // begun.
    if !configuration.isSecondGeneration { closeUtterance("completed", at: now) }
    let first = responses[0].announcedCount
    var items: [CallBatch.Call] = []
    for (offset, call) in calls.enumerated() {
      items.append(prepared(call, at: first + offset, now: now))
    }
    batch = CallBatch(calls: items, due: nextItemDue(at: now))
  }

  private mutating func prepared(_ call: ToolCall, at index: Int, now: Instant) -> CallBatch.Call {
    let (server, approves) = self.server(of: call.name)
    let kind: CallBatch.Call.Kind =
      switch (server, approves) {
      case (let server?, true): .approval(server)
      case (let server?, false): .server(server, approvalID: nil)
      case (nil, _): .function(callID: call.id ?? ids.callID())
      }
    let isDeclared = responses[0].tools.contains { $0["name"]?.string == call.name }
    if server == nil, !isDeclared {
      explain(
        "the scenario calls '\(call.name)', which the client has not declared in its tools")
    }
    return CallBatch.Call(
      itemID: newID("item_", at: now), outputIndex: index, kind: kind, name: call.name,
      arguments: JSONValue.object(call.arguments).description)
  }

  mutating func advanceCalls(_ batch: CallBatch, at due: Instant) {
    if batch.isAnnounced {
      closeCalls("completed", at: due)
      return reportPerformed()
    }
    for call in batch.calls {
      announce(item: call.item("in_progress", arguments: ""), at: call.outputIndex, now: due)
    }
    var announced = batch
    announced.isAnnounced = true
    announced.due = due + pace.latency(Latencies.arguments)
    self.batch = announced
    closeUtterance("completed", at: due)
  }

  /// The closing events of the calls under way, in one burst. Calls that were cut have no
  /// arguments.
  mutating func closeCalls(_ status: String, at now: Instant) {
    guard let batch else { return }
    self.batch = nil
    guard batch.isAnnounced else { return }
    for call in batch.calls {
      if status != "completed" {
        finish(
          item: .init(
            id: call.itemID, json: call.item(status, arguments: ""), tokens: TokenCount()),
          at: call.outputIndex, now: now)
        continue
      }
      switch call.kind {
      case .function: sendArguments(of: call, at: now)
      case .server(let server, _):
        sendArguments(of: call, at: now)
        run(call, on: server, at: now)
        continue
      case .approval(let server):
        approvals = approvals.suffix(99) + [PendingApproval(call: call, server: server)]
      }
      finish(
        item: .init(
          id: call.itemID, json: call.item(status, arguments: call.arguments),
          tokens: TokenCount(text: TokenCount.text(call.arguments))),
        at: call.outputIndex, now: now)
    }
  }

  private mutating func sendArguments(of call: CallBatch.Call, at now: Instant) {
    let prefix: String
    var place: JSONObject = [
      "response_id": .string(responses[0].id), "item_id": .string(call.itemID),
      "output_index": .int(call.outputIndex),
    ]
    var done = place
    switch call.kind {
    case .function(let callID):
      prefix = "response.function_call_arguments"
      place["call_id"] = .string(callID)
      done = place
      done["name"] = .string(call.name)
    case .server, .approval: prefix = "response.mcp_call_arguments"
    }
    for piece in call.arguments.argumentPieces {
      send("\(prefix).delta", place + delta(piece), at: now)
    }
    done["arguments"] = .string(call.arguments)
    send("\(prefix).done", done, at: now)
  }
}

extension CallBatch.Call {
  /// The item as it stands in the conversation (API reference, "conversation.item").
  func item(
    _ status: String, arguments: String, output: JSONValue = .null, error: JSONValue = .null
  ) -> JSONObject {
    switch kind {
    case .function(let callID):
      [
        "id": .string(itemID), "type": "function_call", "status": .string(status),
        "name": .string(name), "call_id": .string(callID), "arguments": .string(arguments),
      ]
    case .server(let server, let approvalID):
      [
        "id": .string(itemID), "type": "mcp_call", "server_label": .string(server.label),
        "name": .string(name), "arguments": .string(arguments),
        "approval_request_id": .optional(approvalID), "output": output, "error": error,
      ]
    case .approval(let server):
      [
        "id": .string(itemID), "type": "mcp_approval_request",
        "server_label": .string(server.label), "name": .string(name),
        "arguments": .string(self.arguments),
      ]
    }
  }
}
