import Conversation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

/// What of an update replaces, what merges, and how it is echoed.
@Suite("OpenAI Realtime: the echo of the session") struct EchoTests {
  /// The session after the updates, one after the other.
  private func session(after updates: JSONObject...) -> JSONValue? {
    var driver = Driver()
    for update in updates {
      var update = update
      update["type"] = "realtime"
      driver.send(["type": "session.update", "session": .object(update)])
    }
    #expect(driver.events("error").isEmpty)
    return driver.last("session.updated")?["session"]
  }

  private func input(_ name: String, _ values: JSONValue...) -> JSONValue? {
    var driver = Driver()
    for value in values {
      driver.send([
        "type": "session.update",
        "session": ["type": "realtime", "audio": ["input": .object([name: value])]],
      ])
    }
    #expect(driver.events("error").isEmpty)
    return driver.last("session.updated")?["session"]?["audio"]?["input"]?[name]
  }

  private let semantic: JSONValue = [
    "type": "semantic_vad", "eagerness": "auto", "create_response": true,
    "interrupt_response": true,
  ]
  private let server: JSONValue = [
    "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200,
    "idle_timeout_ms": nil, "create_response": true, "interrupt_response": true,
  ]

  @Test func `another kind of detector has nothing of the one before`() {
    #expect(input("turn_detection", ["type": "semantic_vad"]) == semantic)
    #expect(
      input(
        "turn_detection", ["type": "semantic_vad", "eagerness": "low"], ["type": "server_vad"])
        == server)
    #expect(input("turn_detection", nil, ["type": "semantic_vad"]) == semantic)
    #expect(input("turn_detection", nil, ["type": "server_vad"]) == server)
  }

  @Test func `noise reduction is replaced`() {
    #expect(
      input(
        "noise_reduction", ["type": "near_field", "strength": 0.5], ["type": "far_field"])
        == ["type": "far_field"])
  }

  @Test func `a prompt, a choice of tools and a truncation are replaced`() {
    #expect(
      session(
        after: ["prompt": ["id": "a", "variables": ["city": "Rome"]]], ["prompt": ["id": "b"]])?[
          "prompt"] == ["id": "b"])
    #expect(
      session(
        after: ["tool_choice": ["type": "function", "name": "f"]],
        ["tool_choice": ["type": "mcp", "server_label": "s"]])?["tool_choice"]
        == ["type": "mcp", "server_label": "s"])
    #expect(
      session(
        after: [
          "truncation": [
            "type": "retention_ratio", "retention_ratio": 0.5,
            "token_limits": ["post_instructions": 100],
          ]
        ], ["truncation": ["type": "retention_ratio", "retention_ratio": 0.8]])?["truncation"]
        == ["type": "retention_ratio", "retention_ratio": 0.8])
  }

  @Test func `PCM is echoed with its rate, and a speed as a fraction`() {
    let output = session(
      after: ["audio": ["output": ["format": ["type": "audio/pcm"], "speed": 1]]])?["audio"]?[
        "output"]
    #expect(output?["format"] == ["type": "audio/pcm", "rate": 24000])
    #expect(output?["speed"] == 1.0)
    var driver = Driver()
    driver.send([
      "type": "response.create",
      "response": ["audio": ["output": ["format": ["type": "audio/pcm"]]]],
    ])
    driver.run()
    for type in ["response.created", "response.done"] {
      #expect(
        driver.last(type)?["response"]?["audio"]?["output"]?["format"]
          == ["type": "audio/pcm", "rate": 24000])
    }
  }

  @Test func `too large an integer is an invalid value: no other code is attested`() {
    var driver = Driver()
    driver.send([
      "type": "session.update", "session": ["type": "realtime", "max_output_tokens": 5000],
    ])
    #expect(driver.last("error")?["error"]?["code"] == "invalid_value")
  }

  @Test(arguments: [true, false])
  func `an object of many members is merged in good time`(isStrict: Bool) {
    // A scan for each member would take 400 000 000 steps.
    let variables = (0..<20_000).map { JSONMember(name: "variable_\($0)", value: .int($0)) }
    let prompt: JSONObject = ["id": "p", "variables": .object(JSONObject(variables))]
    var driver = Driver(isStrict: isStrict)
    for _ in 0..<2 {
      driver.send([
        "type": "session.update",
        "session": [
          "type": "realtime", "prompt": .object(prompt),
          "tracing": isStrict ? nil : .object(JSONObject(variables)),
        ],
      ])
    }
    #expect(driver.last("session.updated")?["session"]?["prompt"] == .object(prompt))
  }
}
