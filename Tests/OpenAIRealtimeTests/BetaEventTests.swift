import Audio
import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

@Suite("OpenAI Realtime: the events of the beta") struct BetaEventTests {
  private let accept: [String: SettingValue] = ["beta": .word("accept")]
  private let create: JSONValue = ["type": "response.create"]

  private func driver(
    _ target: String = "/v1/realtime?model=gpt-4o-realtime-preview",
    _ answers: [[ServerAction]] = []
  ) -> Driver {
    let headers = Driver.request.headers + [Header("OpenAI-Beta", "realtime=v1")]
    return Driver(
      Request(target: target, headers: headers), answers: answers, options: accept)
  }

  @Test func `the user's speech, detected and transcribed`() {
    var driver = driver()
    driver.send([
      "type": "session.update",
      "session": ["input_audio_transcription": ["model": "gpt-4o-transcribe"]],
    ])
    driver.forget()
    for (milliseconds, peak) in [(640, Int16(0)), (960, 8000), (640, 0)] {
      driver.send([
        "type": "input_audio_buffer.append", "audio": audio(milliseconds, peak: peak),
      ])
    }
    driver.run()
    #expect(
      driver.types == [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed", "conversation.item.created", "response.created",
        "rate_limits.updated", "response.done",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
      ])
    #expect(
      driver.last("conversation.item.input_audio_transcription.delta")?["obfuscation"] == nil)
  }

  @Test func `a transcription that fails`() {
    var driver = driver()
    driver.transcription = .failed(ServiceFailure(message: "No."))
    driver.send([
      "type": "session.update",
      "session": ["turn_detection": nil, "input_audio_transcription": ["model": "whisper-1"]],
    ])
    driver.send(append(audio(200)))
    driver.send(["type": "input_audio_buffer.commit"])
    driver.run()
    let failed = driver.last("conversation.item.input_audio_transcription.failed")
    #expect(failed?["error"]?["message"] == "No.")
  }

  @Test func `the buffer is cleared`() {
    var driver = driver()
    driver.send(append(audio(200, peak: 0)))
    driver.send(["type": "input_audio_buffer.clear"])
    #expect(driver.types.last == "input_audio_buffer.cleared")
  }

  @Test func `items are retrieved, truncated and deleted`() {
    let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48_000))
    var driver = driver(
      "/v1/realtime?model=m", [[.say(Speech(text: "Hi.", audio: clip))]])
    driver.send(create)
    driver.run()
    let id = driver.last("response.output_item.done")?["item"]?["id"] ?? .null
    driver.send([
      "type": "conversation.item.truncate", "item_id": id, "content_index": 0,
      "audio_end_ms": 100,
    ])
    #expect(driver.last("conversation.item.truncated")?["audio_end_ms"] == 100)
    driver.send(["type": "conversation.item.retrieve", "item_id": id])
    let item = driver.last("conversation.item.retrieved")?["item"]
    #expect(item?["object"] == "realtime.item")
    #expect(item?["content"]?[0]?["type"] == "audio")
    driver.send(["type": "conversation.item.delete", "item_id": id])
    #expect(driver.last("conversation.item.deleted")?["item_id"] == id)
  }

  @Test func `text and arguments come in pieces without fill`() {
    var driver = driver(
      "/v1/realtime?model=m",
      [[.say(Speech(text: "One moment.")), .call([ToolCall(name: "f")])]])
    driver.send(["type": "session.update", "session": ["modalities": ["text"]]])
    driver.send(create)
    driver.run()
    for type in ["response.text.delta", "response.function_call_arguments.delta"] {
      #expect(driver.last(type)?["delta"] != nil)
      #expect(driver.last(type)?["obfuscation"] == nil)
    }
    #expect(driver.last("response.text.done")?["text"] == "One moment.")
  }

  @Test func `the sound of a call starts, stops and is cleared`() {
    var driver = driver(
      "/v1/realtime?call_id=rtc_1", [[.say(Speech(text: "Hi."))], [.say(Speech(text: "Hi."))]])
    driver.send(create)
    driver.run()
    #expect(driver.types.contains("output_audio_buffer.started"))
    #expect(driver.types.last == "output_audio_buffer.stopped")
    driver.send(create)
    driver.run(until: driver.now + .milliseconds(560))
    driver.send(["type": "response.cancel"])
    driver.send(["type": "output_audio_buffer.clear"])
    #expect(driver.types.last == "output_audio_buffer.cleared")
  }

  @Test func `the scenario sends what the service was never seen to send by itself`() {
    var driver = driver()
    driver.direct(.send(.json(["type": "conversation.created"])))
    #expect(driver.types.last == "conversation.created")
  }
}
