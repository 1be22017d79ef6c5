import Audio
import Conversation
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Interactions: create") struct CreateTests {
  @Test func `an answer is the resource with what the model made`() {
    var driver = Driver()
    let number = driver.create(["model": model, "input": "Hi there"], [say("Hello to you.")])
    let json = driver.json(number)
    #expect(driver.exchanges[number].status == 200)
    #expect(
      json.object?.names == [
        "id", "status", "object", "created", "updated", "model", "service_tier", "usage", "steps",
      ])
    #expect(json["status"] == "completed")
    #expect(json["created"] == "2026-09-21T14:13:20Z")
    let steps = json["steps"]?.array ?? []
    #expect(steps.map { $0["type"] } == ["thought", "model_output"])
    #expect(steps[0]["signature"]?.string?.count == 32)
    #expect(steps[1]["content"] == [["type": "text", "text": "Hello to you."]])
    let exchange = driver.exchanges[number]
    #expect(exchange.thread == .new)
    #expect(exchange.turn == UserTurn(text: "Hi there"))
    #expect(exchange.remembered == [json["id"]?.string ?? ""])
    #expect(exchange.response?.body.last == UInt8(ascii: "\n"))
    #expect(
      exchange.response?.headers.first
        == Header("Content-Type", "application/json; charset=UTF-8"))
  }

  @Test func `an identifier has the service's shape`() throws {
    var driver = Driver()
    let first = driver.create(["model": model, "input": "a"], [say("b")])
    let id = try #require(driver.json(first)["id"]?.string)
    #expect(id.hasPrefix("v1_Ch"))
    #expect(id.count == 70)
    let bytes = try #require(Base64.decode(String(id.dropFirst(3))))
    #expect(bytes.count == 50)
    #expect(bytes[0..<2] == [0x0A, 23] && bytes[25..<27] == [0x12, 23])
    #expect(bytes[2..<25] == bytes[27...])
    let second = driver.create(
      ["model": model, "input": "a", "previous_interaction_id": .string(id)], [say("b")])
    let next = try #require(
      Base64.decode(String((driver.json(second)["id"]?.string ?? "").dropFirst(3))))
    #expect(next[2..<25] == bytes[2..<25])
    #expect(next[2..<25] != next[27...])
  }

  @Test func `a stream is the recorded order of events`() {
    var driver = Driver(pace: .service)
    let number = driver.create(
      ["model": model, "input": "Hi", "stream": true],
      [say("A somewhat longer text, cut into several pieces.")])
    driver.run()
    let exchange = driver.exchanges[number]
    #expect(
      exchange.shape == [
        "interaction.created", "interaction.status_update", "step.start", "step.delta",
        "step.stop", "step.start", "step.delta", "step.stop", "interaction.completed",
      ])
    #expect(exchange.response?.headers.first == Header("Content-Type", "text/event-stream"))
    #expect(exchange.stream.hasSuffix("event: done\ndata: [DONE]\n\n"))
    #expect(exchange.isFinished)
    let deltas = exchange.events.filter { $0["index"] == 1 }.compactMap {
      $0["delta"]?["text"]?.string
    }
    #expect(deltas.count > 2)
    #expect(deltas.joined() == "A somewhat longer text, cut into several pieces.")
    let completed = exchange.events.last?["interaction"]
    #expect(completed?["status"] == "completed")
    #expect(completed?["steps"] == nil)
    #expect(completed?["usage"]?["total_tokens"] != nil)
    #expect(exchange.remembered.count == 1)
  }

  @Test func `an event's frame is its name and one line of data`() {
    var driver = Driver()
    let number = driver.create(["model": model, "input": "Hi", "stream": true], [say("Yo")])
    driver.run()
    let stream = driver.exchanges[number].stream
    #expect(stream.hasPrefix("event: interaction.created\ndata: {\"interaction\":{\"id\":\"v1_"))
    #expect(
      stream.contains(
        "event: step.start\ndata: {\"index\":1,\"step\":{\"type\":\"model_output\"},"
          + "\"event_type\":\"step.start\"}\n\n"))
    #expect(stream.contains("\"delta\":{\"text\":\"Yo\",\"type\":\"text\"},\"event_id\":"))
  }

  @Test func `a stream is paced, a whole answer comes when it is complete`() {
    var driver = Driver(pace: .service)
    let stream = driver.create(["model": model, "input": "Hi", "stream": true], [say("Yo")])
    let whole = driver.create(["model": model, "input": "Hi"], [say("Yo")])
    #expect(driver.exchanges[stream].types.count == 2)
    driver.run(until: .start + .milliseconds(419))
    #expect(driver.exchanges[stream].types.count == 2)
    driver.run(until: .start + .milliseconds(420))
    #expect(driver.exchanges[stream].types.count == 3)
    #expect(driver.exchanges[whole].response == nil)
    driver.run()
    // 400 to the first step, 20 each for two steps and the end, 40 for each of two pieces.
    #expect(driver.now == .start + .milliseconds(540))
    #expect(driver.exchanges[whole].status == 200)
  }

  @Test func `many events that are due at once go out in bounded batches`() {
    var driver = Driver()
    let text = String(repeating: "many words in a row ", count: 200)
    let number = driver.create(["model": model, "input": "Hi", "stream": true], [say(text)])
    #expect(driver.exchanges[number].types.count <= 64 * 4)
    driver.run()
    #expect(driver.now == .start)
    #expect(
      driver.exchanges[number].events.compactMap { $0["delta"]?["text"]?.string }.joined() == text)
    #expect(driver.exchanges[number].isFinished)
  }

  @Test func `a summary of thoughts comes for those who ask, a signature for all`() {
    var driver = Driver()
    let plain = driver.create(["model": model, "input": "?"], [.think("Hm."), say("42")])
    let asked = driver.create(
      [
        "model": model, "input": "?", "stream": true,
        "generation_config": ["thinking_summaries": "auto"],
      ], [.think("Hm."), say("42")])
    let thought = driver.json(plain)["steps"]?.array?.first
    #expect(thought?.object?.names == ["type", "signature"])
    let deltas = driver.exchanges[asked].events.compactMap { $0["delta"] }
    #expect(
      deltas[0] == ["content": ["type": "text", "text": "Hm."], "type": "thought_summary"])
    #expect(deltas[1]["type"] == "thought_signature")
  }

  @Test func `code that runs is a call and a result`() {
    var driver = Driver()
    let number = driver.create(
      ["model": model, "input": "?", "tools": [["type": "code_execution"]]],
      [.execute(CodeExecution(code: "print(6*7)", output: "42\n")), say("42")])
    let steps = driver.json(number)["steps"]?.array ?? []
    #expect(
      steps.map { $0["type"] } == [
        "thought", "code_execution_call", "code_execution_result", "model_output",
      ])
    #expect(steps[1]["arguments"] == ["code": "print(6*7)", "language": "python"])
    #expect(steps[2]["call_id"] == steps[1]["id"])
    #expect(steps[2]["result"] == "42\n")
    #expect((driver.exchanges[number].json["usage"]?["total_tool_use_tokens"]?.integer ?? 0) > 0)
  }

  @Test func `a picture is a content, and one delta`() {
    var driver = Driver()
    let picture = ServerAction.show(Picture(mimeType: "image/png", bytes: [1, 2, 3]))
    let number = driver.create(["model": model, "input": "?", "stream": true], [picture])
    driver.run()
    #expect(
      driver.exchanges[number].events.compactMap { $0["delta"] }.last
        == ["mime_type": "image/png", "data": "AQID", "type": "image"])
  }

  @Test func `audio comes where it is asked for, whole or in chunks`() {
    let clip = AudioClip(name: "x", bytes: (0..<48_000).map { UInt8(truncatingIfNeeded: $0) })
    let speech = ServerAction.say(Speech(text: "Hi", audio: clip))
    var driver = Driver(pace: .realtime)
    let whole = driver.create(
      ["model": model, "input": "?", "response_format": ["type": "audio"]], [speech])
    let stream = driver.create(
      ["model": model, "input": "?", "response_modalities": ["audio"], "stream": true], [speech])
    let text = driver.create(["model": model, "input": "?"], [speech])
    driver.run()
    let content = driver.exchanges[whole].json["steps"]?.array?.last?["content"]?.array?.first
    #expect(content?["mime_type"] == "audio/l16")
    #expect(content?["sample_rate"] == 24_000)
    #expect(Base64.decode(content?["data"]?.string ?? "") == clip.bytes)
    let chunks = driver.exchanges[stream].events.compactMap { $0["delta"]?["data"]?.string }
    #expect(chunks.count == 5)
    #expect(chunks.flatMap { Base64.decode($0) ?? [] } == clip.bytes)
    #expect(
      driver.exchanges[text].json["steps"]?.array?.last?["content"]
        == [["type": "text", "text": "Hi"]])
  }

  @Test(
    arguments: [
      (["type": "audio", "mime_type": "audio/wav"], "audio/wav", 24_000, nil),
      (
        ["type": "audio", "mime_type": "audio/mulaw", "sample_rate": 8000], "audio/mulaw", 8_000,
        nil
      ),
      (["type": "audio", "mime_type": "audio/alaw"], "audio/alaw", 8_000, nil),
      (["type": "audio", "mime_type": "audio/mp3"], "audio/l16", 24_000, "audio/mp3 at 24000 Hz"),
      (["type": "audio", "sample_rate": 16_000], "audio/l16", 24_000, "audio/l16 at 16000 Hz"),
    ] as [(JSONValue, String, Int, String?)])
  func `sound has the format that is asked for, or the log says which`(
    format: JSONValue, type: String, rate: Int, missed: String?
  ) {
    var driver = Driver()
    let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 0, count: 48_000))
    let number = driver.create(
      ["model": model, "input": "?", "response_format": format],
      [.say(Speech(text: "Hi", audio: clip))])
    let content = driver.json(number)["steps"]?.array?.last?["content"]?.array?.first
    #expect(content?["mime_type"] == .string(type))
    #expect(content?["sample_rate"] == .int(rate))
    // A second of sound is 32 tokens, however it is coded.
    let usage = driver.json(number)["usage"]?["output_tokens_by_modality"]
    #expect(usage == [["modality": "audio", "tokens": 32]])
    #expect(
      driver.exchanges[number].warnings
        == (missed.map {
          [
            "the request asks for \($0), which is not made here: the answer is \(type) at \(rate) Hz"
          ]
        } ?? []))
  }

  @Test func `tokens add up`() {
    var driver = Driver()
    let number = driver.create(
      [
        "model": model,
        "input": [["type": "text", "text": "12345678"], ["type": "image", "uri": "files/x"]],
      ], [say("1234")])
    let usage = driver.json(number)["usage"]
    #expect(usage?["total_input_tokens"] == 260)
    #expect(
      usage?["input_tokens_by_modality"] == [
        ["modality": "text", "tokens": 2], ["modality": "image", "tokens": 258],
      ])
    #expect(usage?["total_output_tokens"] == 1)
    #expect(usage?["total_thought_tokens"] == 5)
    #expect(usage?["total_tokens"] == 266)
  }

  @Test func `the same seed gives the same bytes`() {
    func play() -> String {
      var driver = Driver(pace: .service)
      let number = driver.create(["model": model, "input": "?", "stream": true], [say("Hello.")])
      driver.run()
      return driver.exchanges[number].stream
    }
    #expect(play() == play())
  }
}
