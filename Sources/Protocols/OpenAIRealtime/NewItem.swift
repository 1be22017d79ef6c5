import JSON

/// The checks of an item a client brings, and the item as it is echoed.
extension LiveSession {
  /// The keys in the service's order, audio left out. `path` is `item` or `response.input[0]`.
  mutating func completed(_ given: JSONObject, id: String, at path: String) throws(Refusal)
    -> JSONObject
  {
    guard let type = given["type"]?.string else { throw .missing("\(path).type") }
    guard let known = Self.itemFields[type] else {
      throw .unsupported("\(path).type", type, Self.itemTypes)
    }
    try check(unknownField(of: given, known, at: path))
    var item: JSONObject = ["id": .string(id), "type": .string(type)]
    switch type {
    case "message":
      item["status"] = given["status"] ?? "completed"
      item["role"] = .string(try role(given, at: path))
      item["content"] = .array(try content(given, at: path))
    case "function_call":
      item["status"] = given["status"] ?? "completed"
      item["name"] = try text("name", of: given, at: path)
      item["call_id"] = try text("call_id", of: given, at: path)
      item["arguments"] = try text("arguments", of: given, at: path)
    case "function_call_output":
      let callID = try text("call_id", of: given, at: path)
      let isKnown = items.items.contains {
        $0.json["type"] == "function_call" && $0.json["call_id"] == callID
      }
      if !isKnown {
        try check(
          Refusal(
            "invalid_tool_call_id",
            "Tool call ID '\(callID.string?.excerpt ?? "")' not found in conversation."))
      }
      item["call_id"] = callID
      item["output"] = try text("output", of: given, at: path)
    case "mcp_approval_response":
      item["approval_request_id"] = try text("approval_request_id", of: given, at: path)
      guard let approve = given["approve"] else { throw .missing("\(path).approve") }
      item["approve"] = approve
      item["reason"] = given["reason"] ?? .null
    default:
      for name in known where given[name] != nil && item[name] == nil { item[name] = given[name] }
    }
    return item
  }

  private static let itemTypes = [
    "message", "function_call", "function_call_output", "mcp_approval_response",
    "mcp_list_tools", "mcp_call", "mcp_approval_request",
  ]

  private static let itemFields: [String: [String]] = [
    "message": ["id", "object", "type", "status", "role", "content", "phase"],
    "function_call": ["id", "object", "type", "status", "name", "call_id", "arguments"],
    "function_call_output": ["id", "object", "type", "status", "call_id", "output"],
    "mcp_approval_response": ["id", "type", "approval_request_id", "approve", "reason"],
    "mcp_list_tools": ["id", "type", "server_label", "tools"],
    "mcp_call": [
      "id", "type", "server_label", "name", "arguments", "approval_request_id", "output", "error",
    ],
    "mcp_approval_request": ["id", "type", "server_label", "name", "arguments"],
  ]

  private func unknownField(of given: JSONObject, _ known: [String], at path: String) -> Refusal? {
    given.names.first { !known.contains($0) }.map { .unknown("\(path).\($0)") }
  }

  private func text(_ name: String, of given: JSONObject, at path: String) throws(Refusal)
    -> JSONValue
  {
    guard let value = given[name] else { throw .missing("\(path).\(name)") }
    guard value.string != nil else { throw .wrongType("\(path).\(name)", "a string", value) }
    return value
  }

  private func role(_ given: JSONObject, at path: String) throws(Refusal) -> String {
    guard let role = given["role"]?.string else { throw .missing("\(path).role") }
    let roles = ["user", "assistant", "system"]
    guard roles.contains(role) else { throw .unsupported("\(path).role", role, roles) }
    return role
  }

  /// Each role has content of its own; what the model said can only be given back as text.
  private func content(_ given: JSONObject, at path: String) throws(Refusal) -> [JSONValue] {
    guard let parts = given["content"]?.array else { throw .missing("\(path).content") }
    let supported =
      switch given["role"]?.string {
      case "system": ["input_text"]
      case "assistant": ["output_text", "output_audio"]
      case .some, nil: ["input_text", "input_audio", "input_image"]
      }
    var content: [JSONValue] = []
    for (index, part) in parts.enumerated() {
      let place = "\(path).content[\(index)]"
      guard let type = part["type"]?.string else { throw .missing("\(place).type") }
      guard supported.contains(type) else { throw .unsupported("\(place).type", type, supported) }
      content.append(try echo(part, type, at: place))
    }
    return content
  }

  private func echo(_ part: JSONValue, _ type: String, at path: String) throws(Refusal) -> JSONValue
  {
    switch type {
    case "input_audio":
      guard let audio = part["audio"] else { throw .missing("\(path).audio") }
      guard audio.string.flatMap({ Base64.decode($0) }) != nil else {
        throw .notAudio("\(path).audio")
      }
      return ["type": "input_audio", "transcript": part["transcript"] ?? .null]
    case "input_image":
      guard let url = part["image_url"] else { throw .missing("\(path).image_url") }
      return ["type": "input_image", "image_url": url, "detail": part["detail"] ?? "auto"]
    default:
      // Recorded: `output_audio` is refused for the text it has not.
      guard let text = part["text"] else { throw .missing("\(path).text") }
      guard text.string != nil else { throw .wrongType("\(path).text", "a string", text) }
      return ["type": .string(type), "text": text]
    }
  }

  /// The audio of a message the client brings, for `conversation.item.retrieve`.
  func sound(of given: JSONObject) -> ItemAudio? {
    let audio = given["content"]?.array?.first?["audio"]?.string
    return audio.flatMap { Base64.decode($0) }.map {
      ItemAudio(speech: $0, format: configuration.inputFormat)
    }
  }
}
