import Audio
import Conversation
import JSON
import Wire

/// A client on paper: it transcribes what it says, and answers calls with what it is told.
struct RealtimeClient: ScriptedClient {
  private let key: String
  private var calls: [String] = []

  init(key: String) { self.key = key }

  mutating func open() -> Request? {
    calls = []
    return Request(
      target: "/v1/realtime?model=gpt-realtime",
      headers: [Header("Upgrade", "websocket"), Header("Authorization", "Bearer \(key)")])
  }

  mutating func receive(_ message: JSONValue) {
    guard message["type"] == "response.output_item.done", let item = message["item"],
      item["type"] == "function_call", let id = item["call_id"]?.string
    else { return }
    calls.append(id)
  }

  mutating func act(_ need: ClientNeed) -> [ClientMove] {
    switch need {
    case .setUp(let tools):
      var session: JSONObject = [
        "type": "realtime",
        "audio": ["input": ["transcription": ["model": "gpt-4o-transcribe"]]],
      ]
      if !tools.isEmpty {
        session["tools"] = .array(
          tools.map {
            [
              "type": "function", "name": .string($0),
              "parameters": ["type": "object", "properties": [:]],
            ]
          })
      }
      return [.send(["type": "session.update", "session": .object(session)])]
    case .turn(let text, let isSpoken):
      if isSpoken { return speak(Voice.utterance(rate: 24_000)) }
      return [
        .send([
          "type": "conversation.item.create",
          "item": [
            "type": "message", "role": "user",
            "content": [["type": "input_text", "text": .string(text)]],
          ],
        ]), .send(["type": "response.create"]),
      ]
    case .toolResults(let output):
      let results = calls.map { id in
        ClientMove.send([
          "type": "conversation.item.create",
          "item": [
            "type": "function_call_output", "call_id": .string(id),
            "output": .string(output.description),
          ],
        ])
      }
      calls = []
      return results + [.send(["type": "response.create"])]
    case .interruption: return speak(Voice.interjection(rate: 24_000))
    case .message(let kind):
      switch kind {
      case "session.update":
        return [.send(["type": "session.update", "session": ["type": "realtime"]])]
      case "input_audio_buffer.clear", "input_audio_buffer.commit", "response.create",
        "response.cancel":
        return [.send(["type": .string(kind)])]
      default: return []
      }
    }
  }

  private func speak(_ bytes: [UInt8]) -> [ClientMove] {
    AudioClip(name: "voice", bytes: bytes).chunks(by: Chunking(every: .milliseconds(100))).map {
      .send(["type": "input_audio_buffer.append", "audio": .shared($0.base64)])
    }
  }
}
