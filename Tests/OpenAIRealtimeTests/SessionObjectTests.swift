import Conversation
import JSON
import OpenAIRealtime
import Testing
import Wire

@Suite("OpenAI Realtime: session object") struct SessionObjectTests {
  private func update(_ session: JSONValue) -> JSONValue {
    ["type": "session.update", "event_id": "mine", "session": session]
  }

  @Test func `the first event shows every key, nulls included`() throws {
    let driver = Driver()
    #expect(driver.types == ["session.created"])
    let session = try #require(driver.events[0]["session"]?.object)
    #expect(
      session.names == [
        "type", "object", "id", "model", "output_modalities", "instructions", "tools",
        "tool_choice", "max_output_tokens", "tracing", "truncation", "prompt", "expires_at",
        "audio", "include",
      ])
    #expect(session["expires_at"] == .int(1_790_003_600))
    #expect(session["tracing"] == .null)
    #expect(
      session["audio"]?["input"]?.description
        == #"{"format":{"type":"audio/pcm","rate":24000},"transcription":null,"#
        + #""noise_reduction":null,"turn_detection":{"type":"server_vad","threshold":0.5,"#
        + #""prefix_padding_ms":300,"silence_duration_ms":200,"idle_timeout_ms":null,"#
        + #""create_response":true,"interrupt_response":true}}"#)
    #expect(
      session["audio"]?["output"]?.description
        == #"{"format":{"type":"audio/pcm","rate":24000},"voice":"alloy","speed":1.0}"#)
    #expect(driver.heard == [.ready])
  }

  @Test func `identifiers have the service's shape`() throws {
    let driver = Driver()
    let id = try #require(driver.events[0]["event_id"]?.string)
    #expect(id.hasPrefix("event_"))
    #expect(id.count == "event_".count + 21)
    let session = try #require(driver.events[0]["session"]?["id"]?.string)
    #expect(id.dropFirst(6).prefix(5) == session.dropFirst(5).prefix(5))
  }

  @Test func `second generation models have defaults of their own`() {
    let request = Request(
      target: "/v1/realtime?model=gpt-realtime-2.1", headers: [Header("api-key", "k")])
    let audio = Driver(request).events[0]["session"]?["audio"]
    #expect(audio?["output"]?["voice"] == "marin")
    #expect(audio?["input"]?["turn_detection"]?["silence_duration_ms"] == 500)
  }

  @Test func `an update merges deeply`() {
    var driver = Driver()
    driver.send(
      update(["type": "realtime", "audio": ["input": ["turn_detection": ["threshold": 0.9]]]]))
    let detection = driver.events.last?["session"]?["audio"]?["input"]?["turn_detection"]
    #expect(detection?["threshold"] == 0.9)
    #expect(detection?["silence_duration_ms"] == 200)
    driver.send(update(["type": "realtime", "audio": ["input": ["turn_detection": nil]]]))
    #expect(
      driver.events.last?["session"]?["audio"]?["input"]?["turn_detection"] == .null)
    driver.send(
      update(["type": "realtime", "audio": ["input": ["turn_detection": ["type": "server_vad"]]]]))
    #expect(
      driver.events.last?["session"]?["audio"]?["input"]?["turn_detection"]?["threshold"] == 0.5)
  }

  @Test func `a transcription is echoed with all its keys`() {
    var driver = Driver()
    driver.send(
      update(["type": "realtime", "audio": ["input": ["transcription": ["model": "whisper-1"]]]]))
    #expect(
      driver.events.last?["session"]?["audio"]?["input"]?["transcription"]?.description
        == #"{"model":"whisper-1","language":null,"prompt":null}"#)
  }

  @Test func `the running model stays, and empty instructions restore the default`() {
    var driver = Driver()
    let instructions = driver.events[0]["session"]?["instructions"]
    driver.send(update(["type": "realtime", "model": "other", "instructions": "Be brief."]))
    #expect(driver.events.last?["session"]?["model"] == "gpt-realtime")
    #expect(driver.events.last?["session"]?["instructions"] == "Be brief.")
    driver.send(update(["type": "realtime", "instructions": ""]))
    #expect(driver.events.last?["session"]?["instructions"] == instructions)
  }

  @Test(
    arguments: [
      (
        ["instructions": "x"], "missing_required_parameter", "session.type",
        "Missing required parameter: 'session.type'."
      ),
      (
        ["type": "realtime", "sped": 1], "unknown_parameter", "session.sped",
        "Unknown parameter: 'session.sped'."
      ),
      (
        ["type": "realtime", "audio": ["input": ["format": ["type": "audio/pcm", "rate": 8000]]]],
        "integer_below_min_value", "session.audio.input.format.rate",
        "Invalid 'session.audio.input.format.rate': integer below minimum value. "
          + "Expected a value >= 24000, but got 8000 instead."
      ),
      (
        ["type": "realtime", "output_modalities": ["audio", "text"]], "invalid_value",
        "session.output_modalities",
        "Invalid modalities: ['audio', 'text']. Supported combinations are: ['text'] and ['audio']."
      ),
      (
        ["type": "realtime", "audio": ["output": ["voice": "bob"]]], "invalid_value",
        "session.audio.output.voice",
        "Invalid value: 'bob'. Supported values are: 'alloy', 'ash', 'ballad', 'coral', 'echo', "
          + "'sage', 'shimmer', 'verse', 'marin', and 'cedar'."
      ),
      (
        ["type": "realtime", "audio": ["output": ["speed": 3]]], "invalid_value",
        "session.audio.output.speed",
        "Invalid 'session.audio.output.speed': expected a value from 0.25 to 1.5, but got 3 instead."
      ),
      (
        ["type": "realtime", "instructions": 5], "invalid_value", "session.instructions",
        "Invalid type for 'session.instructions': expected a string, but got a number instead."
      ),
      (
        ["type": "transcription"], "invalid_value", "session.type",
        "Passing a transcription session update to a realtime session is not allowed."
      ),
    ] as [(JSONValue, String, String, String)])
  func `refuses what the reference forbids, and changes nothing`(
    session: JSONValue, code: String, param: String, message: String
  ) {
    var driver = Driver()
    driver.forget()
    driver.send(update(session))
    #expect(driver.types == ["error"])
    let error = driver.events[0]["error"]
    #expect(error?["code"]?.string == code)
    #expect(error?["param"]?.string == param)
    #expect(error?["message"]?.string == message)
    #expect(error?["event_id"] == "mine")
    driver.send(update(["type": "realtime"]))
    #expect(driver.events.last?["session"] == Driver().events[0]["session"])
  }

  @Test func `the voice is fixed once the model has spoken`() {
    var driver = Driver(answers: [[.say(Speech(text: "Hi."))]])
    driver.send(["type": "response.create"])
    driver.run()
    driver.send(update(["type": "realtime", "audio": ["output": ["voice": "alloy"]]]))
    #expect(driver.types.last == "session.updated")
    driver.send(update(["type": "realtime", "audio": ["output": ["voice": "ash"]]]))
    #expect(driver.events.last?["error"]?["code"] == "cannot_update_voice")
  }

  @Test(
    arguments: [
      (["tools": [["type": "function"]]], "missing_required_parameter", "session.tools[0].name"),
      (["tools": [["name": "f"]]], "missing_required_parameter", "session.tools[0].type"),
      (
        ["tools": [["type": "function", "name": "f", "strict": true]]], "unknown_parameter",
        "session.tools[0].strict"
      ),
      (
        ["tools": [["type": "mcp", "server_label": "x"]]], "missing_required_parameter",
        "session.tools[0].server_url"
      ),
      (["tools": [["type": "code_interpreter"]]], "invalid_value", "session.tools[0].type"),
      (["tool_choice": "any"], "invalid_value", "session.tool_choice"),
      (
        ["tool_choice": ["type": "function"]], "missing_required_parameter",
        "session.tool_choice.name"
      ),
      (["max_output_tokens": 0], "integer_below_min_value", "session.max_output_tokens"),
      (["max_output_tokens": 5000], "invalid_value", "session.max_output_tokens"),
      (["max_output_tokens": "all"], "invalid_value", "session.max_output_tokens"),
      (["truncation": "never"], "invalid_value", "session.truncation"),
      (
        ["truncation": ["type": "retention_ratio", "retention_ratio": 1.5]], "invalid_value",
        "session.truncation.retention_ratio"
      ),
      (["tracing": "on"], "invalid_value", "session.tracing"),
      (["prompt": ["version": "1"]], "missing_required_parameter", "session.prompt.id"),
      (["include": ["everything"]], "invalid_value", "session.include[0]"),
      (["reasoning": ["effort": "max"]], "invalid_value", "session.reasoning.effort"),
      (["parallel_tool_calls": "yes"], "invalid_value", "session.parallel_tool_calls"),
      (
        ["audio": ["input": ["transcription": ["model": "bob"]]]], "invalid_value",
        "session.audio.input.transcription.model"
      ),
      (
        ["audio": ["input": ["transcription": ["model": "whisper-1", "delay": "low"]]]],
        "invalid_value", "session.audio.input.transcription.delay"
      ),
      (
        ["audio": ["input": ["noise_reduction": ["type": "loud"]]]], "invalid_value",
        "session.audio.input.noise_reduction.type"
      ),
      (
        ["audio": ["input": ["turn_detection": ["type": "server_vad", "threshold": 2]]]],
        "invalid_value", "session.audio.input.turn_detection.threshold"
      ),
      (
        ["audio": ["input": ["turn_detection": ["type": "server_vad", "idle_timeout_ms": 10]]]],
        "integer_below_min_value", "session.audio.input.turn_detection.idle_timeout_ms"
      ),
      (
        ["audio": ["input": ["turn_detection": ["type": "semantic_vad", "threshold": 0.5]]]],
        "unknown_parameter", "session.audio.input.turn_detection.threshold"
      ),
      (
        ["audio": ["output": ["format": ["type": "audio/opus"]]]], "invalid_value",
        "session.audio.output.format.type"
      ),
      (
        ["audio": ["output": ["voice": ["name": "x"]]]], "unknown_parameter",
        "session.audio.output.voice.name"
      ),
      (["voice": "ash"], "unknown_parameter", "session.voice"),
    ] as [(JSONValue, String, String)])
  func `every constraint has its error`(session: JSONValue, code: String, param: String) {
    var driver = Driver()
    var given = session.object ?? [:]
    given["type"] = "realtime"
    driver.send(update(.object(given)))
    let error = driver.last("error")?["error"]
    #expect(error?["code"]?.string == code)
    #expect(error?["param"]?.string == param)
    // A lenient session takes what it can, and says so.
    var lenient = Driver(isStrict: false)
    lenient.send(update(.object(given)))
    #expect(lenient.types.contains("session.updated"))
    #expect(lenient.explanations.first?.hasPrefix("accepted, though the service refuses") == true)
  }

  @Test func `everything the reference allows is echoed`() {
    var driver = Driver()
    let session: JSONObject = [
      "type": "realtime", "output_modalities": ["text"], "instructions": "Be brief.",
      "tools": [
        ["type": "function", "name": "f", "description": "d", "parameters": ["type": "object"]],
        ["type": "mcp", "server_label": "x", "server_url": "https://x.test"],
      ],
      "tool_choice": ["type": "function", "name": "f"], "max_output_tokens": 100,
      "truncation": [
        "type": "retention_ratio", "retention_ratio": 0.5,
        "token_limits": ["post_instructions": 1000],
      ],
      "tracing": ["workflow_name": "w"], "prompt": ["id": "pmpt_1", "variables": ["a": "b"]],
      "include": ["item.input_audio_transcription.logprobs"], "reasoning": ["effort": "low"],
      "parallel_tool_calls": false,
    ]
    driver.send(update(.object(session)))
    let echo = driver.last("session.updated")?["session"]?.object
    for member in session.members { #expect(echo?[member.name] == member.value) }
    driver.send(update(["type": "realtime", "tracing": "auto"]))
    #expect(driver.last("error")?["error"]?["param"] == "session.tracing")
  }

  @Test func `another detector starts from its own defaults`() {
    var driver = Driver()
    func detection(_ value: JSONValue) -> JSONValue? {
      driver.send(update(["type": "realtime", "audio": ["input": ["turn_detection": value]]]))
      return driver.last("session.updated")?["session"]?["audio"]?["input"]?["turn_detection"]
    }
    #expect(
      detection(["type": "semantic_vad", "eagerness": "high"])?.object?.names == [
        "type", "eagerness", "create_response", "interrupt_response",
      ])
    #expect(detection(["type": "server_vad"])?["threshold"] == 0.5)
  }

  @Test(arguments: [("gpt-realtime-2.1", "marin", 500), ("gpt-realtime", "alloy", 200)])
  func `the defaults follow the model`(model: String, voice: String, silence: Int) {
    let request = Request(
      target: "/v1/realtime?model=\(model)", headers: Driver.request.headers)
    let audio = Driver(request).events[0]["session"]?["audio"]
    #expect(audio?["output"]?["voice"]?.string == voice)
    #expect(audio?["input"]?["turn_detection"]?["silence_duration_ms"]?.integer == silence)
  }
}
