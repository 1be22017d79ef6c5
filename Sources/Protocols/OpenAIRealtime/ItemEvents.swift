import JSON
import VirtualTime

/// `conversation.item.*` from the client (API reference, "Realtime client events").
extension LiveSession {
  /// The index of the item an event names. `verb` is the word in the error code.
  func existingItem(_ event: JSONObject, _ verb: String, _ doing: String) throws(Refusal) -> Int {
    guard let id = event["item_id"]?.string else { throw .missing("item_id") }
    guard let index = items.index(of: id) else {
      throw Refusal(
        "item_\(verb)_invalid_item_id",
        "Error \(doing) item: the item with id '\(id)' does not exist.")
    }
    return index
  }

  mutating func createItem(_ event: JSONObject, at now: Instant) throws(Refusal) {
    guard let given = event["item"]?.object else { throw .missing("item") }
    let index = try insertionIndex(event)
    let id = given["id"]?.string ?? newID("item_", at: now)
    let item = try completed(given, id: id)
    addToConversation(
      .init(id: id, json: item, outputAudio: nil, tokens: Self.tokens(of: item)), at: index,
      now: now)
    if item["role"]?.string == "user", let text = Self.text(of: item) {
      userText = userText.map { "\($0) \(text)" } ?? text
    }
  }

  /// Absent, null and "" append; `root` is the front; else the place behind the named item.
  private func insertionIndex(_ event: JSONObject) throws(Refusal) -> Int? {
    guard let previous = event["previous_item_id"]?.string, !previous.isEmpty else { return nil }
    if previous == "root" { return 0 }
    guard let index = items.index(of: previous) else {
      throw Refusal(
        "invalid_value",
        "Invalid 'previous_item_id': the item with id '\(previous)' does not exist.",
        param: "previous_item_id")
    }
    return index + 1
  }

  /// The item as it is echoed: the keys in the service's order, audio left out.
  private func completed(_ given: JSONObject, id: String) throws(Refusal) -> JSONObject {
    guard let type = given["type"]?.string else { throw .missing("item.type") }
    var item: JSONObject = ["id": .string(id), "type": .string(type)]
    switch type {
    case "message":
      item["status"] = "completed"
      item["role"] = .string(try role(given))
      item["content"] = .array(try content(given))
    case "function_call":
      item["status"] = "completed"
      for name in ["name", "call_id", "arguments"] {
        guard let value = given[name] else { throw .missing("item.\(name)") }
        item[name] = value
      }
    case "function_call_output":
      guard let callID = given["call_id"]?.string else { throw .missing("item.call_id") }
      let isKnown = items.items.contains {
        $0.json["type"]?.string == "function_call" && $0.json["call_id"]?.string == callID
      }
      if !isKnown {
        throw Refusal(
          "invalid_tool_call_id", "Tool call ID '\(callID)' not found in conversation.")
      }
      item["call_id"] = .string(callID)
      item["output"] = given["output"] ?? ""
    default:
      throw .unsupported("item.type", type, ["message", "function_call", "function_call_output"])
    }
    return item
  }

  private func role(_ given: JSONObject) throws(Refusal) -> String {
    guard let role = given["role"]?.string else { throw .missing("item.role") }
    let roles = ["user", "assistant", "system"]
    guard roles.contains(role) else { throw .unsupported("item.role", role, roles) }
    return role
  }

  /// Each role has content of its own; what the model said can only be given back as text.
  private func content(_ given: JSONObject) throws(Refusal) -> [JSONValue] {
    guard let parts = given["content"]?.array else { throw .missing("item.content") }
    let supported =
      switch given["role"]?.string {
      case "system": ["input_text"]
      case "assistant": ["output_text", "output_audio"]
      default: ["input_text", "input_audio", "input_image"]
      }
    var content: [JSONValue] = []
    for (index, part) in parts.enumerated() {
      let path = "item.content[\(index)]"
      guard let type = part["type"]?.string else { throw .missing("\(path).type") }
      guard supported.contains(type) else { throw .unsupported("\(path).type", type, supported) }
      content.append(try echo(part, type, at: path))
    }
    return content
  }

  private func echo(_ part: JSONValue, _ type: String, at path: String) throws(Refusal) -> JSONValue
  {
    switch type {
    case "input_audio":
      guard part["audio"]?.string.flatMap({ Base64.decode($0) }) != nil else {
        throw .missing("\(path).audio")
      }
      return ["type": "input_audio", "transcript": part["transcript"] ?? .null]
    case "input_image":
      guard part["image_url"]?.string != nil else { throw .missing("\(path).image_url") }
      return part
    default:
      // Recorded: `output_audio` is refused for the text it has not.
      guard let text = part["text"] else { throw .missing("\(path).text") }
      return ["type": .string(type), "text": text]
    }
  }

  /// WebSocket clients cut what they did not play; also while it is still generated.
  mutating func truncateItem(_ event: JSONObject, at now: Instant) throws(Refusal) {
    let index = try existingItem(event, "truncate", "truncating")
    guard let end = event["audio_end_ms"]?.integer else { throw .missing("audio_end_ms") }
    let item = items.items[index]
    let isInProgress = utterance?.itemID == item.id
    let audio = isInProgress ? utterance?.audio : item.outputAudio
    guard let audio, item.json["role"]?.string == "assistant" else {
      throw Refusal(
        "unsupported_content_type", "Only model output audio messages can be truncated")
    }
    guard end <= audio.milliseconds else {
      throw Refusal(
        "invalid_value",
        "Audio content of \(audio.milliseconds)ms is already shorter than \(end)ms")
    }
    send(
      "conversation.item.truncated",
      [
        "item_id": .string(item.id), "content_index": event["content_index"] ?? 0,
        "audio_end_ms": .int(end),
      ], at: now)
  }

  private static func text(of item: JSONObject) -> String? {
    let texts = item["content"]?.array?.compactMap { $0["text"]?.string } ?? []
    return texts.isEmpty ? nil : texts.joined(separator: " ")
  }

  private static func tokens(of item: JSONObject) -> TokenCount {
    let text = self.text(of: item) ?? item["output"]?.string ?? item["arguments"]?.string ?? ""
    return TokenCount(text: TokenCount.text(text))
  }
}
