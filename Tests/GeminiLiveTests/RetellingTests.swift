import Conversation
import GeminiLive
import JSON
import Testing

@Suite("Gemini Live: recordings told again") struct RetellingTests {
  private func steps(_ messages: (Bool, JSONValue)...) throws -> [RetoldStep] {
    let retell = try #require(GeminiLive.wireProtocol.retell)
    return retell(messages.map { RecordedMessage(isFromServer: $0.0, body: $0.1) }).steps
  }

  private func content(_ members: JSONValue) -> JSONValue { ["serverContent": members] }

  @Test func `speech, a thought and an answer`() throws {
    let blob: JSONValue = ["mimeType": "audio/pcm;rate=24000", "data": "AAECAw=="]
    #expect(
      try steps(
        (true, content(["inputTranscription": ["text": "Hel"]])),
        (true, content(["inputTranscription": ["text": "lo?"]])),
        (true, content(["modelTurn": ["parts": [["text": "Hm.", "thought": true]]]])),
        (true, content(["modelTurn": ["parts": [["inlineData": blob]]]])),
        (true, content(["outputTranscription": ["text": "Hi."]])),
        (true, content(["turnComplete": true]))) == [
          .user(heard: "Hello?"), .think("Hm."),
          .say(text: "Hi.", audio: [0, 1, 2, 3], rate: 24_000),
        ])
  }

  @Test func `a call waits for its result, in either casing`() throws {
    let call: JSONValue = ["id": "c1", "name": "f", "args": ["x": 1]]
    #expect(
      try steps(
        (true, ["toolCall": ["functionCalls": [call]]]),
        (false, ["tool_response": ["functionResponses": []]]),
        (true, content(["modelTurn": ["parts": [["text": "Done."]]]])),
        (true, content(["turnComplete": true]))) == [
          .user(heard: nil), .call([ToolCall(name: "f", arguments: ["x": 1], id: "c1")]),
          .toolResult, .say(text: "Done.", audio: [], rate: 24_000),
        ])
  }

  @Test func `a turn that is cut off is followed by the interruption`() throws {
    #expect(
      try steps(
        (true, content(["modelTurn": ["parts": [["text": "One"]]]])),
        (true, content(["interrupted": true]))) == [
          .user(heard: nil), .say(text: "One", audio: [], rate: 24_000), .interruption,
        ])
  }
}
