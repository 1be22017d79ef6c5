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
    // What was due before the message came goes out before it is answered.
    advance(to: now)
    if isOver { return }
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
      if let eventID, eventID.count > ErrorEvent.clientEventIDLengthMax {
        throw .invalid(
          "event_id", "at most \(ErrorEvent.clientEventIDLengthMax) characters are allowed.")
      }
      switch admission.dialect {
      case .ga: try handle(type, object, at: now)
      case .beta: try handleBeta(type, object, at: now)
      }
    } catch {
      refuse(error, clientEventID: eventID, at: now)
    }
  }

  private mutating func handle(_ type: String, _ event: JSONObject, at now: Instant)
    throws(Refusal)
  {
    switch type {
    case "session.update":
      guard let session = event["session"] else { throw .missing("session") }
      try checkKind(session)
      let rule = Parameters.session(configuration.kind, isAzure: admission.isAzure)
      try check(rule.refusal(of: session, at: "session"))
      try updateSession(session.object ?? [:], at: now)
    case "response.create":
      let parameters = event["response"] ?? [:]
      try check(Parameters.response.refusal(of: parameters, at: "response"))
      try createResponse(parameters.object ?? [:], at: now)
    default: try handleShared(type, event, Self.supportedTypes, at: now)
    }
  }

  /// The beta has flat sessions and responses; all else is told apart by names only.
  private mutating func handleBeta(_ type: String, _ event: JSONObject, at now: Instant)
    throws(Refusal)
  {
    switch type {
    case "session.update", "transcription_session.update":
      guard let session = event["session"] else { throw .missing("session") }
      let isTranscription = type == "transcription_session.update"
      if isTranscription != (configuration.kind == .transcription) {
        throw .otherKind(isTranscription ? "transcription" : "realtime", param: "session")
      }
      let rule = BetaParameters.session(configuration.kind, isAzure: admission.isAzure)
      try check(rule.refusal(of: session, at: "session"))
      try updateSession(BetaShape.session(session.object ?? [:]), at: now)
    case "response.create":
      let parameters = event["response"] ?? [:]
      try check(BetaParameters.response.refusal(of: parameters, at: "response"))
      try createResponse(BetaShape.response(parameters.object ?? [:]), at: now)
    case "conversation.item.create":
      var event = event
      if let item = event["item"]?.object { event["item"] = .object(BetaShape.item(item)) }
      try createItem(event, at: now)
    default: try handleShared(type, event, BetaParameters.supportedTypes, at: now)
    }
  }

  private mutating func handleShared(
    _ type: String, _ event: JSONObject, _ supported: [String], at now: Instant
  ) throws(Refusal) {
    switch type {
    case "input_audio_buffer.append": try append(event, at: now)
    case "input_audio_buffer.commit": try commit(at: now)
    case "input_audio_buffer.clear":
      input.clear()
      send("input_audio_buffer.cleared", [:], at: now)
    case "output_audio_buffer.clear" where admission.isSideband:
      // API reference: the client cancels the response first.
      clearPlaying(at: now)
    case "conversation.item.create": try createItem(event, at: now)
    case "conversation.item.delete": try deleteItem(event, at: now)
    case "conversation.item.retrieve": try retrieveItem(event, at: now)
    case "conversation.item.truncate": try truncateItem(event, at: now)
    case "response.cancel": try cancel(event, at: now)
    case "session.close", "session.input_audio_buffer.append":
      // The service lists them for every session; they are those of translations.
      throw Refusal(
        "invalid_value", "The event '\(type)' is not supported in this session.", param: "type")
    default:
      let refusal = Refusal.unsupported("type", type, supported)
      throw type == "output_audio_buffer.clear"
        ? refusal.hinting("the output audio buffer exists on WebRTC and SIP calls only") : refusal
    }
  }

  private mutating func cancel(_ event: JSONObject, at now: Instant) throws(Refusal) {
    let named = event["response_id"]?.string
    let index =
      named.map { id in responses.firstIndex { $0.id == id && !$0.isOver } } ?? activeIndex
    guard let index else {
      throw Refusal(
        "response_cancel_not_active", "Cancellation failed: no active response found")
    }
    cancelResponse(index, reason: "client_cancelled", at: now)
  }

  private mutating func createResponse(_ parameters: JSONObject, at now: Instant)
    throws(Refusal)
  {
    if configuration.kind == .transcription {
      throw Refusal(
        "invalid_value", "Responses cannot be created in a transcription session.", param: "type")
    }
    let isOutOfBand = parameters["conversation"]?.string == "none"
    if !isOutOfBand, let index = activeIndex { throw .activeResponse(responses[index].id) }
    guard responses.count < Self.responsesMax else {
      throw Refusal(
        "rate_limit_exceeded", "Too many responses at once: \(responses.count) are in progress.")
    }
    let context = try context(of: parameters)
    let isGiven = parameters["input"] != nil
    beginResponse(parameters, reading: isGiven ? context.tokens : nil, at: now)
    if isOutOfBand {
      // It answers what it was given, and leaves the conversation as it is.
      var turn = context
      if !isGiven { turn = brought }
      report(.turn(turn.turn))
    } else {
      if isGiven { brought = context }
      askForAnswer()
    }
  }

  /// What `response.input` brings: items of its own, or references (API reference,
  /// "response.create").
  private mutating func context(of parameters: JSONObject) throws(Refusal) -> UserInput {
    var context = UserInput()
    for (index, value) in (parameters["input"]?.array ?? []).enumerated() {
      let path = "response.input[\(index)]"
      guard let given = value.object else { throw .wrongType(path, "an object", value) }
      if given["type"] == "item_reference" {
        guard let id = given["id"]?.string else { throw .missing("\(path).id") }
        guard let place = items.index(of: id) else {
          throw .invalid("\(path).id", "the item with id '\(id.excerpt)' does not exist.")
        }
        context.tokens = context.tokens + items.items[place].tokens
        note(items.items[place].json, in: &context)
      } else {
        let item = try completed(given, id: "", at: path)
        context.tokens = context.tokens + tokens(of: item, sound: sound(of: given))
        note(item, in: &context)
      }
    }
    return context
  }
}

extension Refusal {
  static func activeResponse(_ id: String) -> Refusal {
    Refusal(
      "conversation_already_has_active_response",
      "Conversation already has an active response in progress: \(id). "
        + "Wait until the response is finished before creating a new one.")
  }

  static func otherKind(_ kind: String, param: String) -> Refusal {
    let other = kind == "transcription" ? "realtime" : "transcription"
    return Refusal(
      "invalid_value",
      "Passing a \(kind) session update to a \(other) session is not allowed.", param: param)
  }
}
