import Conversation
import JSON
import VirtualTime
import Wire

/// What each client event does (API reference, "Realtime client events").
extension LiveSession {
  /// The types the service lists when it refuses one (recorded).
  static let supportedTypes = [
    "session.update", "session.close", "input_audio_buffer.append",
    "session.input_audio_buffer.append", "input_audio_buffer.commit", "input_audio_buffer.clear",
    "conversation.item.create", "conversation.item.truncate", "conversation.item.delete",
    "conversation.item.retrieve", "response.create", "response.cancel",
  ]

  mutating func receive(_ message: Message, at now: Instant) {
    switch (message.opcode, message.content) {
    case (.binary, _):
      let text = "Expected a text WebSocket message; binary frames are not supported."
      refuse(Refusal("invalid_event", text), clientEventID: nil, at: now)
    case (.text, .bytes(let bytes)):
      var reason = "not JSON"
      do { _ = try JSONValue(parsing: bytes) } catch { reason = error.description }
      let text = "Invalid event: failed to parse JSON value. \(reason)"
      refuse(Refusal("invalid_json", text), clientEventID: nil, at: now)
    case (.text, .json(let event)): receive(event, at: now)
    }
    advance(to: now)
  }

  private mutating func receive(_ event: JSONValue, at now: Instant) {
    let eventID = event["event_id"]?.string
    do throws(Refusal) {
      guard let object = event.object else {
        throw Refusal("invalid_event", "Invalid event: expected an object, but got \(event.kind).")
      }
      guard let type = object["type"]?.string else { throw .missing("type") }
      try handle(type, object, eventID, at: now)
    } catch {
      refuse(error, clientEventID: eventID, at: now)
    }
  }

  private mutating func handle(
    _ type: String, _ event: JSONObject, _ eventID: String?, at now: Instant
  ) throws(Refusal) {
    switch type {
    case "session.update": try updateSession(event, at: now)
    case "input_audio_buffer.append": try append(event, at: now)
    case "input_audio_buffer.commit": commit(clientEventID: eventID, at: now)
    case "input_audio_buffer.clear":
      input.clear()
      send("input_audio_buffer.cleared", [:], at: now)
    case "conversation.item.create": try createItem(event, at: now)
    case "conversation.item.delete":
      let index = try existingItem(event, "delete", "deleting")
      let id = items.items[index].id
      items.remove(at: index)
      send("conversation.item.deleted", ["item_id": .string(id)], at: now)
    case "conversation.item.retrieve":
      let index = try existingItem(event, "retrieve", "retrieving")
      send(
        "conversation.item.retrieved", ["item": .object(items.items[index].json)], at: now)
    case "conversation.item.truncate": try truncateItem(event, at: now)
    case "response.create": try createResponse(event, at: now)
    case "response.cancel":
      guard let response, event["response_id"]?.string ?? response.id == response.id else {
        throw Refusal(
          "response_cancel_not_active", "Cancellation failed: no active response found")
      }
      cancelResponse(reason: "client_cancelled", at: now)
    default: throw .unsupported("type", type, Self.supportedTypes)
    }
  }

  /// A deep merge; a refused update changes nothing.
  private mutating func updateSession(_ event: JSONObject, at now: Instant) throws(Refusal) {
    guard let session = event["session"] else { throw .missing("session") }
    if let refusal = Parameters.session.refusal(of: session, at: "session") { throw refusal }
    guard let update = session.object, let type = update["type"]?.string else {
      throw .missing("session.type")
    }
    if type == "transcription" {
      throw Refusal(
        "invalid_value",
        "Passing a transcription session update to a realtime session is not allowed.",
        param: "session.type")
    }
    if let voice = update["audio"]?["output"]?["voice"], hasSpoken, voice != configuration.voice {
      throw Refusal(
        "cannot_update_voice",
        "Cannot update a conversation's voice if assistant audio is present.")
    }
    for direction in ["input", "output"] {
      try refuseUnsupportedFormat(
        update["audio"]?[direction]?["format"], at: "session.audio.\(direction).format.type")
    }
    configuration.merge(update)
    input.configure(configuration.turnDetection)
    send("session.updated", ["session": configuration.json], at: now)
  }

  /// G.711 is not simulated yet, and saying so beats noise in the client's ear.
  private mutating func refuseUnsupportedFormat(_ format: JSONValue?, at path: String)
    throws(Refusal)
  {
    guard let type = format?["type"]?.string, type != "audio/pcm" else { return }
    explain("'\(type)' is not simulated by this version of mockgem; use audio/pcm at 24000 Hz")
    throw .unsupported(path, type, ["audio/pcm"])
  }

  private mutating func append(_ event: JSONObject, at now: Instant) throws(Refusal) {
    guard let audio = event["audio"] else { throw .missing("audio") }
    guard let text = audio.string, let bytes = Base64.decode(text) else {
      throw Refusal(
        "invalid_value", "Invalid 'audio'. Expected base64-encoded audio bytes.", param: "audio")
    }
    guard bytes.count <= InputAudio.appendBytesMax else {
      throw Refusal(
        "invalid_value", "Invalid 'audio'. At most 15 MiB may be appended at once.",
        param: "audio")
    }
    for change in input.append(bytes) { hear(change, at: now) }
  }

  private mutating func createResponse(_ event: JSONObject, at now: Instant) throws(Refusal) {
    let parameters = event["response"] ?? [:]
    if let refusal = Parameters.response.refusal(of: parameters, at: "response") { throw refusal }
    try refuseUnsupportedFormat(
      parameters["audio"]?["output"]?["format"], at: "response.audio.output.format.type")
    if let response { throw .activeResponse(response.id) }
    beginResponse(parameters.object ?? [:], at: now)
    askForAnswer()
  }
}

extension Refusal {
  static func activeResponse(_ id: String) -> Refusal {
    Refusal(
      "conversation_already_has_active_response",
      "Conversation already has an active response in progress: \(id). "
        + "Wait until the response is finished before creating a new one.")
  }
}
