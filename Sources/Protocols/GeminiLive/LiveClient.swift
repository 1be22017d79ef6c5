import Audio
import Conversation
import JSON
import Wire

/// A client on paper: it asks for audio and both transcriptions, keeps the newest handle, and
/// answers calls with what it is told.
struct LiveClient: ScriptedClient {
  private let key: String
  private var calls: [(id: String, name: String)] = []
  private var handle: String?

  init(key: String) { self.key = key }

  mutating func open() -> Request? {
    calls = []
    return Request(
      target: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
      headers: [Header("Upgrade", "websocket"), Header("x-goog-api-key", key)])
  }

  mutating func receive(_ message: JSONValue) {
    for call in message["toolCall"]?["functionCalls"]?.array ?? [] {
      calls.append((call["id"]?.string ?? "", call["name"]?.string ?? ""))
    }
    for id in message["toolCallCancellation"]?["ids"]?.array ?? [] {
      calls.removeAll { $0.id == id.string }
    }
    if let new = message["sessionResumptionUpdate"]?["newHandle"]?.string { handle = new }
  }

  mutating func act(_ need: ClientNeed) -> [ClientMove] {
    switch need {
    case .setUp(let tools):
      var setup: JSONObject = [
        "model": "models/gemini-3.8-live",
        "generationConfig": ["responseModalities": ["AUDIO"]],
        "inputAudioTranscription": [:], "outputAudioTranscription": [:],
        "sessionResumption": .object(handle.map { ["handle": .string($0)] } ?? [:]),
      ]
      if !tools.isEmpty {
        setup["tools"] = [["functionDeclarations": .array(tools.map { ["name": .string($0)] })]]
      }
      return [.send(["setup": .object(setup)])]
    case .turn(let text, let isSpoken):
      if isSpoken {
        return speak(Voice.utterance(rate: 16_000))
          + [.send(["realtimeInput": ["audioStreamEnd": true]])]
      }
      return [
        .send([
          "clientContent": [
            "turns": [["role": "user", "parts": [["text": .string(text)]]]],
            "turnComplete": true,
          ]
        ])
      ]
    case .toolResults(let output):
      let responses = calls.map { call -> JSONValue in
        ["id": .string(call.id), "name": .string(call.name), "response": output]
      }
      calls = []
      return [.send(["toolResponse": ["functionResponses": .array(responses)]])]
    case .interruption: return speak(Voice.interjection(rate: 16_000))
    case .message: return []
    }
  }

  private func speak(_ bytes: [UInt8]) -> [ClientMove] {
    // 3200 bytes are 100 ms of 16 kHz PCM.
    stride(from: 0, to: bytes.count, by: 3200).map { start in
      let chunk = SharedText(base64: bytes[start..<min(bytes.count, start + 3200)])
      return .send([
        "realtimeInput": ["audio": ["mimeType": "audio/pcm;rate=16000", "data": .shared(chunk)]]
      ])
    }
  }
}
