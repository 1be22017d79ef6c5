import Conversation
import JSON

/// Reads a recorded conversation as the steps that would tell it again.
///
/// A response is what the model said, and what came before it is what the user did; the rest is
/// the service's own doing.
struct Retelling {
  private var steps: [RetoldStep] = []
  private var hasOutputs = false
  /// Where the last turn of the user stands, for its transcription.
  private var userStep: Int?
  private var audio: [String: [UInt8]] = [:]
  private var words: [String: String] = [:]
  private var rate = 24_000

  /// More audio than any recording holds in one item: an hour.
  private static let audioBytesMax = 200_000_000

  static func retold(_ messages: [RecordedMessage]) -> Retold {
    let received = messages.filter(\.isFromServer).map(\.body)
    func came(_ type: String) -> Bool { received.contains { $0["type"]?.string == type } }
    var retold = Retold(steps(of: messages))
    if came("response.done"), !came("rate_limits.updated") { retold.options["rate_limits"] = false }
    let deltas = received.filter { $0["type"]?.string?.hasSuffix("_text.delta") == true }
    if !deltas.isEmpty, deltas.allSatisfy({ $0["obfuscation"] == nil }) {
      retold.options["obfuscation"] = false
    }
    let created = received.first { $0["type"] == "session.created" }
    if let model = created?["session"]?["model"]?.string {
      retold.target = "/v1/realtime?model=\(model)"
    } else if created == nil, came("session.updated") {
      // A sideband connection joins a session that was created elsewhere.
      retold.target = "/v1/realtime?call_id=rtc_recorded"
    }
    return retold
  }

  private static func steps(of messages: [RecordedMessage]) -> [RetoldStep] {
    var retelling = Retelling()
    for message in messages {
      if message.isFromServer {
        retelling.hear(message.body)
      } else {
        retelling.take(message.body)
      }
    }
    return retelling.steps
  }

  private mutating func take(_ message: JSONValue) {
    if message["type"] == "conversation.item.create",
      message["item"]?["type"] == "function_call_output"
    {
      hasOutputs = true
    }
  }

  private mutating func hear(_ message: JSONValue) {
    let item = message["item_id"]?.string ?? ""
    switch message["type"]?.string {
    case "response.created":
      if hasOutputs {
        steps.append(.toolResult)
      } else {
        userStep = steps.count
        steps.append(.user(heard: nil))
      }
      hasOutputs = false
    case "conversation.item.input_audio_transcription.completed":
      let text = message["transcript"]?.string
      if let userStep { steps[userStep] = .user(heard: text) }
    case "response.output_audio.delta", "response.audio.delta":
      guard let bytes = message["delta"]?.string.flatMap(Base64.decode),
        audio[item, default: []].count < Self.audioBytesMax
      else { return }
      audio[item, default: []] += bytes
    case "response.output_text.delta", "response.text.delta",
      "response.output_audio_transcript.delta", "response.audio_transcript.delta":
      words[item, default: ""] += message["delta"]?.string ?? ""
    case "response.done": finish(message["response"] ?? .null)
    default: break
    }
  }

  private mutating func finish(_ response: JSONValue) {
    var calls: [ToolCall] = []
    for item in response["output"]?.array ?? [] {
      let id = item["id"]?.string ?? ""
      switch item["type"]?.string {
      case "function_call":
        let arguments = item["arguments"]?.string.flatMap { text in
          try? JSONValue(parsing: Array(text.utf8))
        }
        calls.append(
          ToolCall(
            name: item["name"]?.string ?? "", arguments: arguments?.object ?? [:],
            id: item["call_id"]?.string))
      case "message":
        let parts = (item["content"]?.array ?? []).compactMap { part in
          (part["text"] ?? part["transcript"])?.string
        }
        let text = parts.isEmpty ? words[id] ?? "" : parts.joined()
        steps.append(.say(text: text, audio: audio[id] ?? [], rate: rate))
      default: break
      }
    }
    if !calls.isEmpty { steps.append(.call(calls)) }
    if response["status"] == "cancelled" { steps.append(.interruption) }
    audio = [:]
    words = [:]
  }
}
