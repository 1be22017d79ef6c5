import Conversation
package import JSON

/// Watches over the order of the events of one session.
///
/// It knows the rules that hold whatever was asked for: items before their parts, no delta after
/// the end, one active response, indices that count, ends that repeat what was sent, ids used once.
package struct EventOrder: Auditor {
  private struct Open {
    var inConversation: Bool
    var items: [String] = []
    var done: [JSONValue] = []
  }

  private var eventIDs: Set<String> = []
  private var responses: [String: Open] = [:]
  private var finished: Set<String> = []
  /// What was sent of each part: by item, then by kind of delta.
  private var texts: [String: [String: String]] = [:]
  private var openParts: Set<String> = []
  private var openItems: Set<String> = []
  private var speech: String?
  private var previousType = ""
  private var previousItem = ""
  private var complaint: String?

  /// Names of the beta, as GA has them.
  private static let betaNames = [
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
  ]

  package init() {}

  package mutating func complaint(about message: JSONValue) -> String? {
    complaint = nil
    check(message)
    return complaint
  }

  private mutating func check(_ event: JSONValue) {
    let named = event["type"]?.string ?? ""
    let type = Self.betaNames[named] ?? named
    let isBeta = named != type
    if let id = event["event_id"]?.string {
      expect(eventIDs.insert(id).inserted, "event id \(id) is used twice", event)
    }
    if let id = event["response_id"]?.string, !type.hasPrefix("output_audio_buffer") {
      expect(responses[id] != nil, "its response is not open", event)
    }
    switch type {
    case "response.created": begin(event)
    case "response.done": end(event)
    case "response.output_item.added": addItem(event)
    case "conversation.item.added" where previousType == "response.output_item.added":
      expect(event["item"]?["id"]?.string == previousItem, "another item was announced", event)
    case "response.content_part.added":
      let item = event["item_id"]?.string ?? ""
      expect(openItems.contains(item), "its item is not open", event)
      openParts.insert(item)
    case "response.content_part.done":
      expect(openParts.remove(event["item_id"]?.string ?? "") != nil, "no such part", event)
    case "response.output_item.done":
      endItem(event, followsItemDone: isBeta || previousType == "conversation.item.done")
    case "input_audio_buffer.speech_started":
      expect(speech == nil, "speech has started already", event)
      speech = event["item_id"]?.string
    case "input_audio_buffer.speech_stopped":
      expect(speech == event["item_id"]?.string, "another speech has started", event)
    case "input_audio_buffer.committed", "input_audio_buffer.cleared": speech = nil
    case "session.updated":
      // Whoever switches detection off hears no more of the speech under way.
      if event["session"]?["audio"]?["input"]?["turn_detection"]?.isNull == true { speech = nil }
    case _ where type.hasSuffix(".delta"): addDelta(type, event)
    case _ where type.hasSuffix(".done") && event["item_id"] != nil: endDeltas(type, event)
    default: break
    }
    previousType = type
    previousItem = event["item"]?["id"]?.string ?? event["item_id"]?.string ?? ""
  }

  private mutating func begin(_ event: JSONValue) {
    let response = event["response"]
    let id = response?["id"]?.string ?? ""
    let inConversation = response?["conversation_id"]?.isNull == false
    let active = responses.values.filter(\.inConversation).count
    expect(!inConversation || active == 0, "another response is active", event)
    expect(responses[id] == nil && !finished.contains(id), "created twice", event)
    expect(response?["status"] == "in_progress", "it is not in progress", event)
    expect(response?["output"] == [] && response?["usage"] == .null, "it is not new", event)
    responses[id] = Open(inConversation: inConversation)
  }

  private mutating func end(_ event: JSONValue) {
    let id = event["response"]?["id"]?.string ?? ""
    guard let open = responses.removeValue(forKey: id) else {
      return expect(false, "it is not open", event)
    }
    finished.insert(id)
    expect(event["response"]?["output"]?.array == open.done, "output is not what was done", event)
    expect(open.items.count == open.done.count, "an item is still open", event)
    expect(event["response"]?["usage"]?.object != nil, "it has no usage", event)
  }

  private mutating func addItem(_ event: JSONValue) {
    let id = event["item"]?["id"]?.string ?? ""
    let response = event["response_id"]?.string ?? ""
    expect(openItems.insert(id).inserted, "the item is open already", event)
    let index = event["output_index"]?.integer
    expect(index == responses[response]?.items.count, "the index does not count", event)
    responses[response]?.items.append(id)
  }

  private mutating func endItem(_ event: JSONValue, followsItemDone: Bool) {
    let id = event["item"]?["id"]?.string ?? ""
    let response = event["response_id"]?.string ?? ""
    expect(openItems.remove(id) != nil, "the item is not open", event)
    expect(!openParts.contains(id), "a part is still open", event)
    if responses[response]?.inConversation == true, event["item"]?["object"] == nil {
      expect(followsItemDone, "conversation.item.done is missing before it", event)
    }
    if let item = event["item"] { responses[response]?.done.append(item) }
  }

  private mutating func addDelta(_ type: String, _ event: JSONValue) {
    guard event["response_id"] != nil else { return }
    let item = event["item_id"]?.string ?? ""
    let kind = String(type.dropLast(".delta".count))
    let isPart = kind.hasPrefix("response.output_")
    expect(openItems.contains(item), "its item is not open", event)
    expect(!isPart || openParts.contains(item), "its part is not open", event)
    texts[item, default: [:]][kind, default: ""] += event["delta"]?.string ?? ""
  }

  private mutating func endDeltas(_ type: String, _ event: JSONValue) {
    let item = event["item_id"]?.string ?? ""
    let kind = String(type.dropLast(".done".count))
    let sent = texts[item]?[kind] ?? ""
    let said = event["text"] ?? event["transcript"] ?? event["arguments"]
    if let said = said?.string { expect(said == sent, "it is not what was sent", event) }
    texts[item]?[kind] = nil
  }

  private mutating func expect(_ isRight: Bool, _ text: String, _ event: JSONValue) {
    guard !isRight, complaint == nil else { return }
    complaint = "\(text): \(event.description.prefix(300))"
  }
}
