import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: the beta dialect") struct BetaTests {
  private static let request = Request(
    target: "/v1/realtime?model=gpt-4o-realtime-preview",
    headers: Driver.request.headers + [Header("OpenAI-Beta", "realtime=v1")])
  private let accept: [String: SettingValue] = ["beta": .word("accept")]
  private let create: JSONValue = ["type": "response.create"]

  private func driver(_ answers: [[ServerAction]] = []) -> Driver {
    Driver(Self.request, answers: answers, options: accept)
  }

  @Test func `is served when the scenario says so`() {
    let driver = driver()
    #expect(driver.types == ["session.created"])
    let session = driver.events[0]["session"]
    #expect(
      session?.object?.names == [
        "id", "object", "model", "expires_at", "modalities", "instructions", "voice",
        "turn_detection", "input_audio_format", "output_audio_format",
        "input_audio_transcription", "tool_choice", "temperature", "max_response_output_tokens",
        "client_secret", "tools", "input_audio_noise_reduction", "speed", "tracing",
        "truncation", "prompt", "include",
      ])
    #expect(session?["modalities"] == ["audio", "text"])
    #expect(session?["input_audio_format"] == "pcm16")
    #expect(session?["temperature"] == 0.8)
    #expect(session?["turn_detection"]?["idle_timeout_ms"] == nil)
  }

  @Test func `browsers ask for it with a subprotocol`() {
    let request = Request(
      target: "/v1/realtime?model=m",
      headers: [
        Header(
          "Sec-WebSocket-Protocol",
          "realtime, openai-insecure-api-key.k, openai-beta.realtime-v1")
      ])
    let driver = Driver(request, options: accept)
    #expect(driver.outputs.first == .upgrade(subprotocol: "realtime"))
    #expect(driver.events[0]["session"]?["modalities"] != nil)
  }

  @Test func `a spoken answer has the beta's names, and no fill`() {
    var driver = driver([[.say(Speech(text: "Hi."))]])
    driver.forget()
    driver.send(create)
    driver.run()
    let types = driver.types.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
    #expect(
      types == [
        "response.created", "rate_limits.updated", "response.output_item.added",
        "conversation.item.created", "response.content_part.added",
        "response.audio_transcript.delta", "response.audio.delta", "response.audio.done",
        "response.audio_transcript.done", "response.content_part.done",
        "response.output_item.done", "response.done",
      ])
    #expect(driver.last("response.audio_transcript.delta")?["obfuscation"] == nil)
    let limits = driver.last("rate_limits.updated")?["rate_limits"]?.array ?? []
    #expect(limits.map { $0["name"] } == ["requests", "tokens"])
    let response = driver.last("response.done")?["response"]
    #expect(
      response?.object?.names == [
        "object", "id", "status", "status_details", "output", "conversation_id", "modalities",
        "voice", "output_audio_format", "temperature", "max_output_tokens", "usage", "metadata",
      ])
    #expect(
      response?["output"]?[0]?.object?.names == [
        "id", "object", "type", "status", "role", "content",
      ])
    #expect(response?["output"]?[0]?["content"]?[0]?["type"] == "audio")
    #expect(response?["usage"]?["input_token_details"]?["image_tokens"] == nil)
  }

  @Test func `a call and its result`() {
    var driver = driver([[.call([ToolCall(name: "f", id: "call_1")])], []])
    driver.send(create)
    driver.run()
    #expect(driver.last("response.function_call_arguments.done")?["name"] == nil)
    driver.forget()
    driver.send([
      "type": "conversation.item.create",
      "item": ["type": "function_call_output", "call_id": "call_1", "output": "7"],
    ])
    #expect(driver.types == ["conversation.item.created"])
    #expect(driver.events[0]["item"]?["object"] == "realtime.item")
  }

  @Test func `a flat update is a deep merge`() {
    var driver = driver()
    driver.send([
      "type": "session.update",
      "session": [
        "modalities": ["text"], "voice": "echo", "input_audio_format": "g711_ulaw",
        "turn_detection": nil, "max_response_output_tokens": 50, "temperature": 0.6,
        "input_audio_transcription": ["model": "whisper-1"],
      ],
    ])
    let session = driver.last("session.updated")?["session"]
    #expect(session?["modalities"] == ["text"])
    #expect(session?["voice"] == "echo")
    #expect(session?["input_audio_format"] == "g711_ulaw")
    #expect(session?["output_audio_format"] == "pcm16")
    #expect(session?["turn_detection"] == .null)
    #expect(session?["max_response_output_tokens"] == 50)
    #expect(session?["temperature"] == 0.6)
  }

  @Test(
    arguments: [
      (
        ["modalities": ["audio"]], "session.modalities",
        "Invalid modalities: ['audio']. Supported combinations are: ['text'] and "
          + "['audio', 'text']."
      ),
      (["type": "realtime"], "session.type", "Unknown parameter: 'session.type'."),
      (
        ["temperature": 2], "session.temperature",
        "Invalid 'session.temperature': expected a value from 0.6 to 1.2, but got 2 instead."
      ),
    ] as [(JSONValue, String, String)])
  func `refuses what the beta refuses, by its own names`(
    session: JSONValue, param: String, message: String
  ) {
    var driver = driver()
    driver.send(["type": "session.update", "session": session])
    #expect(driver.last("error")?["error"]?["param"]?.string == param)
    #expect(driver.last("error")?["error"]?["message"]?.string == message)
  }

  @Test func `history of the model's words has the type text`() {
    var driver = driver()
    driver.send([
      "type": "conversation.item.create",
      "item": [
        "type": "message", "role": "assistant", "content": [["type": "text", "text": "Hi."]],
      ],
    ])
    #expect(
      driver.last("conversation.item.created")?["item"]?["content"]
        == [["type": "text", "text": "Hi."]])
  }

  @Test func `a response may override the session`() {
    var driver = driver([[.say(Speech(text: "Hi."))]])
    driver.send([
      "type": "response.create",
      "response": [
        "modalities": ["text"], "temperature": 1.0, "max_response_output_tokens": 9,
        "conversation": "none", "metadata": ["a": "b"],
      ],
    ])
    driver.run()
    let response = driver.last("response.done")?["response"]
    #expect(response?["modalities"] == ["text"])
    #expect(response?["temperature"] == 1.0)
    #expect(response?["max_output_tokens"] == 9)
    #expect(response?["conversation_id"] == .null)
    #expect(driver.last("response.text.done")?["text"] == "Hi.")
  }

  @Test func `an answer that is cut before its output reports no limits`() {
    var driver = driver()
    driver.send(create)
    driver.send(["type": "response.cancel"])
    #expect(driver.types.suffix(2) == ["response.created", "response.done"])
  }

  @Test func `a transcription session has events of its own`() {
    let request = Request(
      target: "/v1/realtime?intent=transcription", headers: Self.request.headers)
    var driver = Driver(request, options: accept)
    #expect(driver.types == ["transcription_session.created"])
    driver.send([
      "type": "transcription_session.update",
      "session": [
        "input_audio_transcription": ["model": "gpt-4o-transcribe"],
        "input_audio_format": "pcm16",
      ],
    ])
    let session = driver.last("transcription_session.updated")?["session"]
    #expect(session?["object"] == "realtime.transcription_session")
    #expect(session?["input_audio_transcription"]?["model"] == "gpt-4o-transcribe")
    driver.send(["type": "session.update", "session": ["voice": "ash"]])
    #expect(
      driver.last("error")?["error"]?["message"]
        == "Passing a realtime session update to a transcription session is not allowed.")
  }

  @Test func `Azure's preview path speaks it without being asked`() {
    let request = Request(
      target: "/openai/realtime?api-version=2025-04-01-preview&deployment=mine",
      headers: [Header("api-key", "k")])
    let driver = Driver(request)
    #expect(driver.events[0]["session"]?["model"] == "mine")
    #expect(driver.events[0]["session"]?["modalities"] != nil)
  }
}
