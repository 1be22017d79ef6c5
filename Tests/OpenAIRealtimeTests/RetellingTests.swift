import Conversation
import JSON
import OpenAIRealtime
import Testing

@Suite("OpenAI Realtime: recordings told again") struct RetellingTests {
  private func retold(_ messages: (Bool, JSONValue)...) throws -> Retold {
    let retell = try #require(OpenAIRealtime.wireProtocol.retell)
    return retell(messages.map { RecordedMessage(isFromServer: $0.0, body: $0.1) })
  }

  private let created: JSONValue = ["type": "response.created"]

  private func done(_ items: JSONValue..., status: String = "completed") -> JSONValue {
    ["type": "response.done", "response": ["status": .string(status), "output": .array(items)]]
  }

  @Test func `a call, its result and the answer`() throws {
    let call: JSONValue = [
      "type": "function_call", "name": "f", "call_id": "c1", "arguments": "{\"x\":1}",
    ]
    let answer: JSONValue = [
      "type": "message", "id": "i1", "content": [["type": "output_text", "text": "Hi."]],
    ]
    let output: JSONValue = [
      "type": "conversation.item.create", "item": ["type": "function_call_output"],
    ]
    let retold = try retold(
      (true, created), (true, done(call)), (false, output), (true, created), (true, done(answer)))
    #expect(
      retold.steps == [
        .user(heard: nil), .call([ToolCall(name: "f", arguments: ["x": 1], id: "c1")]),
        .toolResult, .say(text: "Hi.", audio: [], rate: 24_000),
      ])
  }

  @Test func `speech with its transcription and its sound`() throws {
    let heard: JSONValue = [
      "type": "conversation.item.input_audio_transcription.completed", "transcript": "Hello?",
    ]
    let audio: JSONValue = [
      "type": "response.output_audio.delta", "item_id": "i1", "delta": "AAECAw==",
    ]
    let answer: JSONValue = [
      "type": "message", "id": "i1", "content": [["type": "output_audio", "transcript": "Hi."]],
    ]
    let retold = try retold((true, created), (true, heard), (true, audio), (true, done(answer)))
    #expect(
      retold.steps == [
        .user(heard: "Hello?"), .say(text: "Hi.", audio: [0, 1, 2, 3], rate: 24_000),
      ])
  }

  @Test func `what the service left out is an option`() throws {
    let delta: JSONValue = ["type": "response.output_text.delta", "delta": "x"]
    let session: JSONValue = ["type": "session.created", "session": ["model": "gpt-x"]]
    let retold = try retold((true, session), (true, created), (true, delta), (true, done()))
    #expect(retold.options == ["rate_limits": false, "obfuscation": false])
    #expect(retold.target == "/v1/realtime?model=gpt-x")
  }

  @Test func `hostile messages are passed over`() throws {
    let retold = try retold(
      (true, .null), (true, ["type": 1]), (true, ["type": "response.done"]), (false, []),
      (true, ["type": "response.done", "response": ["output": [1, ["type": "function_call"]]]]))
    #expect(retold.steps == [.call([ToolCall(name: "")])])
  }
}
