import Conversation
import JSON
import VirtualTime

/// `conversation.item.*` from the client (API reference, "Realtime client events").
extension LiveSession {
  /// The index of the item an event names. `verb` is the word in the error code.
  private func existingItem(_ event: JSONObject, _ verb: String, _ doing: String) throws(Refusal)
    -> Int
  {
    guard let id = event["item_id"]?.string else { throw .missing("item_id") }
    guard let index = items.index(of: id) else {
      throw Refusal(
        "item_\(verb)_invalid_item_id",
        "Error \(doing) item: the item with id '\(id.excerpt)' does not exist.")
    }
    return index
  }

  mutating func createItem(_ event: JSONObject, at now: Instant) throws(Refusal) {
    guard let given = event["item"]?.object else { throw .missing("item") }
    let index = try insertionIndex(event)
    let id = given["id"]?.string ?? newID("item_", at: now)
    let item = try completed(given, id: id, at: "item")
    let sound = sound(of: given)
    addToConversation(
      .init(id: id, json: item, audio: sound, tokens: tokens(of: item, sound: sound)),
      at: index, now: now)
    note(item, in: &brought)
    if item["type"] == "mcp_approval_response", let request = item["approval_request_id"]?.string {
      approve(request, item["approve"]?.bool ?? false, at: now)
    }
  }

  /// What an item tells the model: what the user says, and what functions return.
  func note(_ item: JSONObject, in input: inout UserInput) {
    switch item["type"]?.string {
    case "message":
      guard item["role"] == "user" else { return }
      if let text = Self.text(of: item) { input.add(text: text) }
    case "function_call_output":
      let id = item["call_id"]?.string ?? ""
      let call = items.items.last { $0.json["call_id"]?.string == id && $0.json["name"] != nil }
      input.add(
        ToolResult(
          id: id, name: call?.json["name"]?.string, output: (item["output"] ?? "").parsedText))
    case .some, nil: return
    }
  }

  /// Absent, null and "" append; `root` is the front; else the place behind the named item.
  private func insertionIndex(_ event: JSONObject) throws(Refusal) -> Int? {
    guard let previous = event["previous_item_id"]?.string, !previous.isEmpty else { return nil }
    if previous == "root" { return 0 }
    guard let index = items.index(of: previous) else {
      throw .invalid("previous_item_id", "the item with id '\(previous.excerpt)' does not exist.")
    }
    return index + 1
  }

  mutating func deleteItem(_ event: JSONObject, at now: Instant) throws(Refusal) {
    let index = try existingItem(event, "delete", "deleting")
    let id = items.items[index].id
    items.remove(at: index)
    send("conversation.item.deleted", ["item_id": .string(id)], at: now)
  }

  /// The only event that returns audio.
  mutating func retrieveItem(_ event: JSONObject, at now: Instant) throws(Refusal) {
    let index = try existingItem(event, "retrieve", "retrieving")
    let item = items.items[index]
    var members: [JSONMember] = []
    for member in item.json.members {
      members.append(member)
      if member.name == "id" {
        members.append(JSONMember(name: "object", value: "realtime.item"))
      }
    }
    var shown = JSONObject(members)
    if let audio = item.audio, var part = item.json["content"]?.array?.first?.object {
      part["audio"] = .shared(audio.base64)
      shown["content"] = .array([.object(part)])
    }
    send("conversation.item.retrieved", ["item": .object(shown)], at: now)
  }

  /// WebSocket clients cut what they did not play; also while it is still generated.
  mutating func truncateItem(_ event: JSONObject, at now: Instant) throws(Refusal) {
    let index = try existingItem(event, "truncate", "truncating")
    guard let given = event["audio_end_ms"] else { throw .missing("audio_end_ms") }
    guard let end = given.integer else { throw .wrongType("audio_end_ms", "an integer", given) }
    if end < 0, let refusal = Refusal.integer(end, in: 0...Int.max, "audio_end_ms") {
      throw refusal
    }
    let contentIndex = event["content_index"] ?? 0
    guard let part = contentIndex.integer else {
      throw .wrongType("content_index", "an integer", contentIndex)
    }
    // What a model says is one part.
    if part != 0 { throw .invalid("content_index", "the item has no content part \(part).") }
    let item = items.items[index]
    let isInProgress = utterance?.itemID == item.id && utterance?.isText == false
    let audio = isInProgress ? utterance?.audible : item.audio?.duration
    guard let audio, item.json["role"] == "assistant" else {
      throw Refusal(
        "unsupported_content_type", "Only model output audio messages can be truncated")
    }
    guard end <= audio.milliseconds else {
      throw Refusal(
        "invalid_value",
        "Audio content of \(audio.milliseconds)ms is already shorter than \(end)ms")
    }
    truncate(index, toMilliseconds: end, at: now)
  }

  mutating func truncate(_ index: Int, toMilliseconds end: Int, at now: Instant) {
    let id = items.items[index].id
    if utterance?.itemID == id {
      utterance?.cut = .milliseconds(end)
    } else {
      cut(index, to: .milliseconds(end))
    }
    send(
      "conversation.item.truncated",
      ["item_id": .string(id), "content_index": 0, "audio_end_ms": .int(end)], at: now)
  }

  /// API reference, "conversation.item.truncate": what was not heard leaves the text as well.
  mutating func cut(_ index: Int, to end: Duration) {
    items.cutAudio(of: index, to: end)
    items.setTranscript("", of: index)
  }

  static func text(of item: JSONObject) -> String? {
    let texts = item["content"]?.array?.compactMap { $0["text"]?.string } ?? []
    return texts.isEmpty ? nil : texts.joined(separator: " ")
  }

  func tokens(of item: JSONObject, sound: ItemAudio?) -> TokenCount {
    let text = Self.text(of: item) ?? item["output"]?.string ?? item["arguments"]?.string ?? ""
    let milliseconds = sound?.duration.milliseconds ?? 0
    return TokenCount(
      text: TokenCount.text(text), audio: TokenCount.userAudio(milliseconds: milliseconds))
  }
}
