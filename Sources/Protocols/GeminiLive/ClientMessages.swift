import Audio
import Conversation
import JSON
import VirtualTime

/// What each client message does (Live API reference, "Messages and events").
extension LiveSession {
  /// `message` has been read by `ProtoReader`: names are camelCase, kinds are right.
  mutating func receive(_ message: JSONObject, at now: Instant) throws(Refused) {
    completeSetup()
    guard let field = message.members.first, message.members.count == 1 else {
      throw .invalidArgument("a message holds one of setup, clientContent, realtimeInput, …")
    }
    let body = field.value.object ?? [:]
    switch field.name {
    case "setup": throw .invalidArgument("'setup' may be sent only once, as the first message")
    case "clientContent": try receiveContent(body, at: now)
    case "realtimeInput": try receiveRealtime(body, at: now)
    // Unknown and late ids are ignored (observed), and no call is pending in this version.
    case "toolResponse": explain("a tool response was ignored: no tool call is pending")
    case "contextUpdate": break
    default: break
    }
    advance(to: now)
  }

  /// Adds turns to the history; `turnComplete` asks for an answer. Either interrupts.
  private mutating func receiveContent(_ content: JSONObject, at now: Instant) throws(Refused) {
    for turn in content["turns"]?.array ?? [] {
      guard let role = turn["role"]?.string, ["user", "model", "system"].contains(role) else {
        throw .invalidArgument("a turn of 'clientContent' needs a role: user or model")
      }
      let text =
        turn["parts"]?.array?.compactMap { $0["text"]?.string }.joined(separator: " ") ?? ""
      context.text += TokenCount.text(text)
      if role == "user", !text.isEmpty { userText = userText.map { "\($0) \(text)" } ?? text }
    }
    let isComplete = content["turnComplete"]?.bool ?? false
    if isReadingHistory {
      if isComplete {
        isReadingHistory = false
        userText = nil
      }
      return
    }
    interrupt(at: now)
    if isComplete { askForAnswer() }
  }

  private mutating func receiveRealtime(_ input: JSONObject, at now: Instant) throws(Refused) {
    for field in input.members {
      switch field.name {
      case "audio": try hear(field.value, at: now)
      case "mediaChunks":
        if configuration.isThirdGeneration { throw .mediaChunks }
        // "All but the first are ignored" (Live API reference, "BidiGenerateContentRealtimeInput").
        if let chunk = field.value.array?.first, chunk["mimeType"]?.string?.isAudio == true {
          try hear(chunk, at: now)
        }
      case "text":
        let text = field.value.string ?? ""
        context.text += TokenCount.text(text)
        userText = userText.map { "\($0) \(text)" } ?? text
        interrupt(at: now)
        askForAnswer()
      case "activityStart": try startActivity(at: now)
      case "activityEnd": try endActivity(at: now)
      case "audioStreamEnd": try endStream(at: now)
      // Frames of video are seen by the model alone; nothing on the wire follows from them.
      case "video": break
      default: break
      }
    }
  }

  /// Asks the scenario for the answer to what the user brought.
  mutating func askForAnswer() {
    report(.turn(UserTurn(text: userText, speech: userSpeech)))
    userText = nil
    userSpeech = .zero
  }
}

extension String {
  var isAudio: Bool { hasPrefix("audio/") }
}
