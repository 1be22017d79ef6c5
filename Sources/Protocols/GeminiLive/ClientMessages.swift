import Conversation
import JSON
import VirtualTime

/// What each client message does (Live API reference, "Messages and events").
extension LiveSession {
  /// `message` has been read by `ProtoReader`: names are camelCase, kinds are right.
  mutating func receive(_ message: JSONObject, at now: Instant) throws(Refused) {
    completeSetup(at: now)
    try scrutiny.require(
      message.members.count == 1,
      or: .invalidArgument("a message holds one of clientContent, realtimeInput, toolResponse, …"))
    resumption.consumed += 1
    for field in message.members {
      let body = field.value.object ?? [:]
      switch field.name {
      case "setup":
        try scrutiny.require(
          false, or: .invalidArgument("'setup' may be sent only once, as the first message"))
      case "clientContent": try receiveContent(body, at: now)
      case "realtimeInput": try receiveRealtime(body, at: now)
      case "toolResponse": try receiveResults(body, at: now)
      case "contextUpdate": updateContext(body)
      default: break
      }
    }
    try advance(to: now)
  }

  /// Adds turns to the history; `turnComplete` asks for an answer. Either interrupts.
  private mutating func receiveContent(_ content: JSONObject, at now: Instant) throws(Refused) {
    // gemini-3.1-flash-live at its launch took nothing but initial history.
    try scrutiny.require(
      isReadingHistory || options.allowsContent,
      or: .invalidArgument(
        "'clientContent' is allowed only as initial history: send 'realtimeInput.text'"))
    if !isReadingHistory { try refuseLate() }
    for turn in content["turns"]?.array ?? [] { try read(turn) }
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

  private mutating func read(_ turn: JSONValue) throws(Refused) {
    let role = turn["role"]?.string ?? "user"
    let roles = configuration.service == .vertex ? ["user", "model", "system"] : ["user", "model"]
    try scrutiny.require(
      turn["role"] != nil && roles.contains(role),
      or: .invalidArgument(
        "a turn of 'clientContent' needs a role: one of \(roles.joined(separator: ", "))"))
    for part in turn["parts"]?.array ?? [] {
      if part["inlineData"] != nil || part["fileData"] != nil {
        context.image += TokenCount.perFrame
      }
    }
    let text = Optional(turn).text
    context.text += TokenCount.text(text)
    if role == "user", !text.isEmpty { addUserText(text) }
  }

  private mutating func addUserText(_ text: String) {
    guard (userText?.utf8.count ?? 0) + text.utf8.count <= Self.userTextMax else {
      return explain(
        "text was dropped: the client adds content without end, and asks for no answer")
    }
    userText = userText.map { "\($0) \(text)" } ?? text
  }

  /// In bytes; more than any context window holds.
  private static let userTextMax = 8_000_000

  /// SDKs send one field a message; several are taken in their order.
  private mutating func receiveRealtime(_ input: JSONObject, at now: Instant) throws(Refused) {
    try refuseLate()
    for field in input.members {
      switch field.name {
      case "audio": try hear(field.value, at: now)
      case "mediaChunks": try receiveChunks(field.value, at: now)
      case "text":
        let text = field.value.string ?? ""
        context.text += TokenCount.text(text)
        addUserText(text)
        // Text counts as activity (Live API reference, "ActivityHandling").
        if configuration.activityInterrupts { interrupt(at: now) }
        askForAnswer()
      case "activityStart": try startActivity(at: now)
      case "activityEnd": try endActivity(at: now)
      case "audioStreamEnd":
        // ProtoJSON: false is the same as leaving the field out.
        if field.value.bool == true { try endStream(at: now) }
      case "video": try see(field.value, at: now)
      default: break
      }
    }
  }

  /// "All but the first are ignored" (Live API reference, "BidiGenerateContentRealtimeInput").
  private mutating func receiveChunks(_ chunks: JSONValue, at now: Instant) throws(Refused) {
    try scrutiny.require(profile.acceptsMediaChunks, or: .mediaChunks)
    guard let chunk = chunks.array?.first else { return }
    if chunk["mimeType"]?.string?.isAudio == true {
      try hear(chunk, at: now)
    } else {
      try see(chunk, at: now)
    }
  }

  /// Some of what setup asks for is refused only when the first content comes.
  private mutating func refuseLate() throws(Refused) {
    if let refusal = configuration.latentRefusal { try scrutiny.require(false, or: refusal) }
  }

  /// Live API reference, "contextUpdate": what is set is replaced, in order with other input.
  private mutating func updateContext(_ update: JSONObject) {
    if update["systemInstruction"] != nil {
      context.text += TokenCount.text(update["systemInstruction"].text)
    }
    if let tools = update["tools"] {
      self.tools = DeclaredTools(tools["tools"]?.array ?? [])
    }
  }

  /// Asks the scenario for the answer to what the user brought.
  mutating func askForAnswer() {
    report(.turn(UserTurn(text: userText, speech: userSpeech, results: calls.takeResults())))
    userText = nil
    userSpeech = .zero
  }
}

extension String {
  var isAudio: Bool { hasPrefix("audio/") }
}
