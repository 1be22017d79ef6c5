import Conversation
import GeminiREST
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini REST: generated content") struct GenerationTests {
  private static func parts(_ reply: Driver.Reply) -> [JSONValue] {
    reply["candidates"]?.array?.first?["content"]?["parts"]?.array ?? []
  }

  private static func text(_ chunk: JSONValue) -> String {
    let parts = chunk["candidates"]?.array?.first?["content"]?["parts"]?.array ?? []
    return parts.compactMap { $0["text"]?.string }.joined()
  }

  @Test func `one message carries the whole answer`() {
    var driver = Driver(answers: [[.say("Hello there, how are you?"), .say(" I am fine.")]])
    let reply = driver.ask("Hi, model")
    #expect(reply.status == 200)
    #expect(Self.parts(reply) == [["text": "Hello there, how are you? I am fine."]])
    let candidate = reply["candidates"]?.array?.first
    #expect(candidate?.object?.names == ["content", "finishReason", "index"])
    #expect(candidate?["finishReason"] == "STOP")
    #expect(candidate?["index"] == 0)
    #expect(
      reply.json.object?.names == ["candidates", "usageMetadata", "modelVersion", "responseId"])
    #expect(reply["modelVersion"] == "gemini-x")
    #expect(reply["responseId"]?.string?.count == 22)
    let usage = reply["usageMetadata"]
    #expect(usage?["promptTokenCount"] == 3)
    #expect(usage?["promptTokensDetails"] == [["modality": "TEXT", "tokenCount": 3]])
    #expect(driver.heard == [.ready, .turn(UserTurn(text: "Hi, model"))])
    #expect(driver.outputs.contains(.converse(.afterTurns(0))))
  }

  @Test func `a stream of events says the same in chunks`() {
    let text = "Hello there, how are you today, on this fine day?"
    var driver = Driver(answers: [[.say(text)]])
    let reply = driver.ask("Hi", "streamGenerateContent", query: "?alt=sse")
    #expect(reply.header("Content-Type") == "text/event-stream")
    #expect(reply.header("Content-Disposition") == "attachment")
    #expect(
      reply.text.hasPrefix(#"data: {"candidates": [{"content": {"parts": [{"text": "Hello "}]"#))
    #expect(reply.text.hasSuffix("\r\n\r\n"))
    #expect(reply.events.count == 3)
    #expect(reply.events.map(Self.text).joined() == text)
    let reasons = reply.events.map { $0["candidates"]?.array?.first?["finishReason"] }
    #expect(reasons == [nil, nil, "STOP"])
    #expect(Set(reply.events.map { $0["responseId"] }).count == 1)
    #expect(reply.events.allSatisfy { $0["usageMetadata"]?["promptTokenCount"] == 1 })
    #expect(driver.outputs.suffix(2) == [.finish, .performed])
  }

  @Test func `without alt=sse the stream is an array that ends at its bracket`() throws {
    var driver = Driver(answers: [[.say("Hello there, how are you today, on this fine day?")]])
    let reply = driver.ask("Hi", "streamGenerateContent")
    #expect(reply.text.hasPrefix("[{\n  \"candidates\": ["))
    #expect(reply.text.hasSuffix("\n}]"))
    #expect(reply.json.array?.count == 3)
    #expect(reply.text.contains("},\r\n{"))
  }

  @Test func `chunks come at the pace of the service`() {
    var driver = Driver(answers: [[.say("One two three four five six seven eight")]])
    driver.ask("Hi", "streamGenerateContent", query: "?alt=sse")
    #expect(driver.now == .start + .milliseconds(520))
    driver.settings.pace = .fast
    driver.answers = [[.say("One two three four five six seven eight")]]
    driver.ask("Hi", "streamGenerateContent", query: "?alt=sse")
    #expect(driver.now == .start + .milliseconds(520))
  }

  @Test func `the user's turns are counted, and the last one is heard`() {
    var driver = Driver()
    driver.send(
      "POST", "/v1beta/models/gemini-x:generateContent",
      #"{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},"#
        + #"{"role":"user","parts":[{"text":"c"}]},{"role":"model","parts":[{"functionCall":"#
        + #"{"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":"#
        + #"{"name":"f","response":{"x":1}}}]}]}"#)
    #expect(driver.outputs.contains(.converse(.afterTurns(2))))
    #expect(
      driver.heard.last
        == .turn(UserTurn(results: [ToolResult(id: "f", name: "f", output: ["x": 1])])))
  }

  @Test func `sound in a prompt is speech, and counted by its length`() {
    let second = [UInt8](repeating: 0, count: 32_000)
    let head =
      Array("RIFF    WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3E, 0, 0]
      + [0, 0x7D, 0, 0, 2, 0, 16, 0] + Array("data    ".utf8)
    for (type, bytes) in [("audio/wav", head + second), ("audio/pcm;rate=16000", second)] {
      var driver = Driver()
      let data = String(decoding: Base64.encode(bytes), as: UTF8.self)
      let reply = driver.send(
        "POST", "/v1beta/models/gemini-x:generateContent",
        "{\"contents\":{\"parts\":{\"inlineData\":{\"mimeType\":\"\(type)\","
          + "\"data\":\"\(data)\"}}}}")
      #expect(driver.heard.last == .turn(UserTurn(speech: .seconds(1))))
      #expect(reply["usageMetadata"]?["promptTokenCount"] == 32)
    }
  }

  @Test(arguments: [
    "audio/pcm;rate=9223372036854775807", "audio/pcm;rate=-1", "audio/wav", "audio/pcm;rate=",
  ])
  func `sound that is none counts as a file`(type: String) {
    var driver = Driver()
    let reply = driver.send(
      "POST", "/v1beta/models/gemini-x:generateContent",
      "{\"contents\":{\"parts\":{\"inlineData\":{\"mimeType\":\"\(type)\",\"data\":\"AAAA\"}}}}")
    #expect(reply.status == 200)
  }

  @Test func `functions are called in one chunk, and their number must be answered`() {
    var driver = Driver(answers: [
      [
        .call([ToolCall(name: "add", arguments: ["a": 1]), ToolCall(name: "mul", id: "c1")]),
        .awaitResults,
      ]
    ])
    let reply = driver.ask("1+1")
    #expect(
      Self.parts(reply) == [
        ["functionCall": ["name": "add", "args": ["a": 1]]],
        ["functionCall": ["id": "c1", "name": "mul", "args": [:]]],
      ])
    #expect(reply["candidates"]?.array?.first?["finishReason"] == "STOP")
    let unanswered = driver.send(
      "POST", "/v1beta/models/gemini-x:generateContent",
      #"{"contents":[{"parts":{"text":"a"}},{"role":"model","parts":[{"functionCall":{"name":"f"}},"#
        + #"{"functionCall":{"name":"g"}}]},{"parts":{"functionResponse":{"name":"f","response":{}}}}]}"#
    )
    #expect(unanswered.message?.hasPrefix("Please ensure that the number of function") == true)
  }

  @Test func `code, pictures and thoughts are parts of their own`() {
    let steps: [ServerAction] = [
      .think("Let me see."), .execute(CodeExecution(code: "print(1)", output: "1\n")),
      .show(Picture(mimeType: "image/png", bytes: [1, 2, 3])), .say("Done."),
    ]
    var driver = Driver(answers: [steps, steps])
    let hidden = driver.ask()
    #expect(
      Self.parts(hidden) == [
        ["executableCode": ["language": "PYTHON", "code": "print(1)"]],
        ["codeExecutionResult": ["outcome": "OUTCOME_OK", "output": "1\n"]],
        ["inlineData": ["mimeType": "image/png", "data": "AQID"]], ["text": "Done."],
      ])
    #expect(hidden["usageMetadata"]?["thoughtsTokenCount"] == 3)
    #expect(hidden["usageMetadata"]?["candidatesTokensDetails"] != nil)
    let shown = driver.ask(
      with: ["generationConfig": ["thinkingConfig": ["includeThoughts": true]]])
    #expect(Self.parts(shown).first == ["text": "Let me see.", "thought": true])
  }

  @Test func `predictions are pictures, or why there is none`() {
    var driver = Driver(answers: [
      [.show(Picture(mimeType: "image/png", bytes: [1, 2, 3])), .say("not for this form")],
      [.endTurn(TurnEnd(.incomplete(reason: "safety")))],
    ])
    let target = "/v1beta/models/imagen-4:predict"
    let body = #"{"instances":[{"prompt":"A cat"}],"parameters":{"sampleCount":1}}"#
    #expect(
      driver.send("POST", target, body).json
        == ["predictions": [["mimeType": "image/png", "bytesBase64Encoded": "AQID"]]])
    #expect(driver.heard.last == .turn(UserTurn(text: "A cat")))
    #expect(
      driver.send("POST", target, body).json
        == ["predictions": [["raiFilteredReason": "SAFETY"]]])
    #expect(driver.send("POST", target, "{}").status == 400)
  }

  @Test func `speech comes as sound where it is asked for`() {
    var driver = Driver(answers: [[.say("Hello")]])
    let reply = driver.ask(with: ["generationConfig": ["responseModalities": ["AUDIO"]]])
    let blob = Self.parts(reply).first?["inlineData"]
    #expect(blob?["mimeType"] == "audio/L16;codec=pcm;rate=24000")
    #expect(
      reply["usageMetadata"]?["candidatesTokensDetails"]?.array?.first?["modality"] == "AUDIO")
  }

  @Test(arguments: [("max_tokens", "MAX_TOKENS"), ("safety", "SAFETY"), ("SPII", "SPII")])
  func `a turn may end for another reason`(reason: String, wire: String) {
    var driver = Driver(answers: [[.say("Once"), .endTurn(TurnEnd(.incomplete(reason: reason)))]])
    let candidate = driver.ask()["candidates"]?.array?.first
    #expect(candidate?["finishReason"] == .string(wire))
    #expect(driver.explanations.isEmpty)
  }

  @Test func `a blocked prompt has feedback and no candidate`() {
    var driver = Driver(
      SessionSettings(options: ["safety_ratings": .flag(true)]),
      answers: [[.endTurn(TurnEnd(.incomplete(reason: "prompt_safety")))]])
    let reply = driver.ask()
    #expect(reply.status == 200)
    #expect(reply["candidates"] == nil)
    #expect(reply["promptFeedback"]?["blockReason"] == "SAFETY")
    #expect(reply["promptFeedback"]?["safetyRatings"]?.array?.count == 4)
  }

  @Test func `the client's limits cut the answer`() {
    var driver = Driver(answers: [[.say("One two three four five")], [.say("One two three")]])
    let cut = driver.ask(with: ["generationConfig": ["maxOutputTokens": 2]])
    #expect(Self.parts(cut) == [["text": "One two "]])
    #expect(cut["candidates"]?.array?.first?["finishReason"] == "MAX_TOKENS")
    let stopped = driver.ask(with: ["generationConfig": ["stopSequences": ["two", "x"]]])
    #expect(Self.parts(stopped) == [["text": "One "]])
    #expect(stopped["candidates"]?.array?.first?["finishReason"] == "STOP")
  }

  @Test func `nothing said is a candidate without parts`() {
    var driver = Driver()
    let reply = driver.ask()
    #expect(reply["candidates"]?.array?.first?["content"] == ["role": "model"])
    let stream = driver.ask("Hi", "streamGenerateContent", query: "?alt=sse")
    #expect(stream.events.count == 1)
  }

  @Test func `a scenario's own message goes out as it is`() {
    let message = Message.json(["candidates": [], "note": 1])
    var driver = Driver(answers: [[.send(message)], [.say("A"), .send(message), .say("B")]])
    #expect(driver.ask().json == ["candidates": [], "note": 1])
    let stream = driver.ask("Hi", "streamGenerateContent", query: "?alt=sse")
    #expect(stream.events.map { $0["note"] } == [nil, 1, nil])
  }
}

@Suite("Gemini REST: failures of the model") struct FailureTests {
  private static let failure = ServiceFailure(
    code: "RESOURCE_EXHAUSTED", retryAfter: .seconds(34))

  @Test func `a failure before the first chunk is a status`() {
    for verb in ["generateContent", "streamGenerateContent"] {
      var driver = Driver(answers: [[.fail(Self.failure)]])
      let reply = driver.ask("Hi", verb)
      #expect(reply.status == 429)
      #expect(reply.error?["status"] == "RESOURCE_EXHAUSTED")
      #expect(reply.error?["details"]?.array?.first?["retryDelay"] == "34s")
      #expect(reply.header("Retry-After") == "34")
    }
  }

  @Test(arguments: [
    (
      ServiceFailure(status: 503), 503, "UNAVAILABLE",
      "The model is overloaded. Please try again later."
    ),
    (ServiceFailure(code: "unavailable", message: "no"), 503, "UNAVAILABLE", "no"),
    (ServiceFailure(code: "ODD", message: "odd", status: 418), 418, "ODD", "odd"),
    (ServiceFailure(message: "x"), 500, "INTERNAL", "x"),
  ])
  func `codes and statuses complete each other`(
    failure: ServiceFailure, status: Int, code: String, message: String
  ) {
    var driver = Driver(answers: [[.endTurn(TurnEnd(.failed(failure)))]])
    let reply = driver.ask()
    #expect(reply.status == status)
    #expect(reply.error?["code"] == .int(status))
    #expect(reply.error?["status"] == .string(code))
    #expect(reply.message == message)
  }

  @Test func `in mid-stream the bare error comes, in no event`() {
    var driver = Driver(answers: [[.say("Once"), .fail(Self.failure)]])
    let reply = driver.ask("Hi", "streamGenerateContent", query: "?alt=sse")
    #expect(reply.status == 200)
    #expect(reply.events.count == 1)
    #expect(reply.text.contains("\r\n\r\n{\n  \"error\": {\n    \"code\": 429,"))
    driver.answers = [[.say("Once"), .fail(Self.failure)]]
    let array = driver.ask("Hi", "streamGenerateContent").json.array
    #expect(array?.last?["error"]?["code"] == 429)
  }

  @Test func `delays are whole seconds in the head, and exact in the body`() {
    var driver = Driver(answers: [
      [.fail(ServiceFailure(status: 503, retryAfter: .milliseconds(1500)))]
    ])
    let reply = driver.ask()
    #expect(reply.header("Retry-After") == "2")
    #expect(reply.error?["details"]?.array?.first?["retryDelay"] == "1.5s")
  }

  @Test func `one message replaces what was said by the failure`() {
    var driver = Driver(answers: [[.say("Once"), .fail(Self.failure)]])
    #expect(driver.ask().status == 429)
  }
}
