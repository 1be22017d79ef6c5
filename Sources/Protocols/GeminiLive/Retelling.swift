import Conversation
import JSON

/// Reads a recorded conversation as the steps that would tell it again.
///
/// The model's turn begins with its first output after the user's; clients write camelCase or
/// snake_case.
struct Retelling {
  private var steps: [RetoldStep] = []
  private var isTurnOpen = false
  private var hasResults = false
  private var heard = ""
  private var said = ""
  private var thought = ""
  private var audio: [UInt8] = []
  private var rate = 24_000

  /// More audio than any recording holds in one turn: an hour.
  private static let audioBytesMax = 200_000_000

  static func steps(of messages: [RecordedMessage]) -> [RetoldStep] {
    var retelling = Retelling()
    for message in messages {
      if message.isFromServer {
        retelling.hear(message.body)
      } else if (message.body["toolResponse"] ?? message.body["tool_response"]) != nil {
        retelling.flush()
        retelling.hasResults = true
        retelling.isTurnOpen = false
      }
    }
    retelling.flush()
    return retelling.steps
  }

  private mutating func hear(_ message: JSONValue) {
    if let calls = message["toolCall"]?["functionCalls"]?.array {
      begin()
      flush()
      steps.append(
        .call(
          calls.map { call in
            ToolCall(
              name: call["name"]?.string ?? "", arguments: call["args"]?.object ?? [:],
              id: call["id"]?.string)
          }))
    }
    guard let content = message["serverContent"] else { return }
    heard += content["inputTranscription"]?["text"]?.string ?? ""
    if content["modelTurn"] != nil || content["outputTranscription"] != nil { begin() }
    said += content["outputTranscription"]?["text"]?.string ?? ""
    for part in content["modelTurn"]?["parts"]?.array ?? [] { take(part) }
    if content["interrupted"] == true {
      flush()
      steps.append(.interruption)
    }
    if content["turnComplete"] == true || content["interrupted"] == true {
      begin()
      flush()
      isTurnOpen = false
    }
  }

  private mutating func take(_ part: JSONValue) {
    if let text = part["text"]?.string {
      if part["thought"] == true { thought += text } else { said += text }
    }
    guard let blob = part["inlineData"], let bytes = blob["data"]?.string.flatMap(Base64.decode),
      blob["mimeType"]?.string?.hasPrefix("audio/pcm") == true,
      audio.count < Self.audioBytesMax
    else { return }
    audio += bytes
  }

  /// The model begins: whatever came before was the user's turn.
  private mutating func begin() {
    if isTurnOpen { return }
    isTurnOpen = true
    steps.append(hasResults ? .toolResult : .user(heard: heard.isEmpty ? nil : heard))
    hasResults = false
    heard = ""
  }

  private mutating func flush() {
    if !thought.isEmpty { steps.append(.think(thought)) }
    if !said.isEmpty || !audio.isEmpty {
      steps.append(.say(text: said, audio: audio, rate: rate))
    }
    thought = ""
    said = ""
    audio = []
  }
}
