import Conversation
import Interactions
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Interactions: refusals") struct ValidationTests {
  private func error(_ body: JSONValue, _ driver: Driver = Driver()) -> (Int?, JSONValue) {
    var driver = driver
    let number = driver.create(body, [say("x")])
    return (driver.exchanges[number].status, driver.json(number))
  }

  private static func with(_ fields: JSONObject) -> JSONValue {
    .object(
      JSONObject(
        [.init(name: "model", value: model), .init(name: "input", value: "x")]
          + fields.members))
  }

  @Test(
    arguments: [
      (["input": "x"], "invalid_request", "One of 'model' and 'agent' must be specified."),
      (
        ["model": "m", "agent": "a", "input": "x"], "invalid_request",
        "Only one of 'model' and 'agent' can be specified."
      ),
      (["model": "m"], "invalid_request", "Missing required parameter 'input'."),
      (with(["colour": 1]), "parameter_unknown", "Unknown parameter 'colour'."),
      (
        with(["generation_config": ["top_k": 1]]), "parameter_unknown",
        "Unknown parameter 'top_k' at 'generation_config'."
      ),
      (
        with(["tools": [["type": "hammer"]]]), "invalid_request",
        "The value 'hammer' is not supported for 'type' at 'tools[0]'. Supported values: "
          + "'code_execution', 'computer_use', 'file_search', 'function', 'google_maps', "
          + "'google_search', 'mcp_server', 'retrieval', 'tool_search', 'url_context'"
      ),
      (
        with(["tools": [["type": "function"]]]), "invalid_request",
        "Missing required parameter 'name' at 'tools[0]'."
      ),
      (
        with(["stream": "yes"]), "invalid_request",
        "Invalid type for 'stream': expected a boolean, but got string."
      ),
      (
        with(["generation_config": ["temperature": 3]]), "invalid_request",
        "The value 3 is not supported for 'temperature' at 'generation_config'. "
          + "Supported values: 0.0...2.0"
      ),
      (
        with(["generation_config": ["thinking_level": "huge"]]), "invalid_request",
        "The value 'huge' is not supported for 'thinking_level' at 'generation_config'. "
          + "Supported values: 'minimal', 'low', 'medium', 'high', 'xhigh'"
      ),
      (
        [
          "model": "gemini-2.0-flash", "input": "x", "generation_config": ["thinking_level": "low"],
        ], "invalid_request", "Thinking level LOW is not supported for this model."
      ),
      (
        with(["background": true, "store": false]), "invalid_request",
        "'background' requires 'store' to be true."
      ),
      (
        with(["previous_interaction_id": "v1_x", "store": false]), "invalid_request",
        "'previous_interaction_id' cannot be used when 'store' is false."
      ),
      (with(["previous_interaction_id": "v1_x"]), "not_found", "Interaction not found."),
      (
        ["agent": "deep-research-preview-04-2026", "input": "x"], "invalid_request",
        "Agent 'deep-research-preview-04-2026' requires 'background' to be true."
      ),
      (
        ["agent": "antigravity-preview-05-2026", "input": "x", "background": true],
        "invalid_request",
        "'background' is not supported for agent 'antigravity-preview-05-2026'."
      ),
      (
        ["agent": "a", "input": "x", "generation_config": [:]], "parameter_unknown",
        "Unknown parameter 'generation_config'."
      ),
      (
        ["model": "m", "input": [["type": "smell"]]], "invalid_request",
        "The value 'smell' is not supported for 'type' at 'input[0]'. Supported values: "
          + StepNames.all
      ),
      (
        ["model": "m", "input": [["role": "user", "content": "x"]]], "invalid_request",
        "Missing required parameter 'type' at 'input[0]'."
      ),
      (
        ["model": "m", "input": [["type": "image", "data": "?!"]]], "invalid_request",
        "Invalid value for 'input[0].data': Base64 decoding failed."
      ),
      (
        ["model": "m", "input": [["type": "image", "mime_type": "image/png"]]], "invalid_request",
        "Missing required parameter 'data' or 'uri' at 'input[0]'."
      ),
      (
        with(["continuation_token": "x"]), "invalid_request",
        "Invalid value for 'continuation_token'."
      ),
      (
        with(["environment": ["type": "remote", "network": "open"]]), "invalid_request",
        "The value 'open' is not supported for 'network' at 'environment'. Supported values: "
          + "'disabled'"
      ),
      (
        with(["environment": ["type": "remote", "sources": [["type": "disk"]]]]),
        "invalid_request",
        "The value 'disk' is not supported for 'type' at 'environment.sources[0]'. Supported "
          + "values: 'gcs', 'inline', 'repository', 'skill_registry'"
      ),
      (
        with(["generation_config": ["speech_config": ["speakers": [["sex": "f"]]]]]),
        "parameter_unknown",
        "Unknown parameter 'sex' at 'generation_config.speech_config.speakers[0]'."
      ),
      (
        with(["generation_config": ["transcription_config": ["mode": "loose"]]]),
        "invalid_request",
        "The value 'loose' is not supported for 'mode' at 'generation_config.transcription_config'. "
          + "Supported values: 'verbatim', 'smart'"
      ),
      (
        with(["tools": [["type": "function", "name": "f", "parameters": "none"]]]),
        "invalid_request",
        "Invalid type for 'tools[0].parameters': expected an object, but got string."
      ),
      (
        with(["tools": [["type": "retrieval", "exa_ai_search_config": [:]]]]), "invalid_request",
        "Missing required parameter 'api_key' at 'tools[0].exa_ai_search_config'."
      ),
      (
        [
          "agent": "a", "input": "x",
          "agent_config": ["type": "code-mender", "find_request": ["mode": "x"]],
        ],
        "invalid_request",
        "The value 'x' is not supported for 'mode' at 'agent_config.find_request'. Supported "
          + "values: 'scan', 'verify'"
      ),
      (
        [
          "model": "m",
          "input": [["type": "text", "text": "x", "annotations": [["type": "rumour"]]]],
        ], "invalid_request",
        "The value 'rumour' is not supported for 'type' at 'input[0].annotations[0]'. Supported "
          + "values: 'file_citation', 'place_citation', 'speech_metadata', 'url_citation', "
          + "'word_info'"
      ),
      (
        [
          "model": "m",
          "input": [
            ["type": "video", "uri": "https://v", "processing": ["type": "static", "fps": 90]]
          ],
        ], "invalid_request",
        "The value 90 is not supported for 'fps' at 'input[0].processing'. Supported values: "
          + "0.0...60.0"
      ),
      (
        ["model": "m", "input": 7], "invalid_request",
        "Invalid type for 'input': expected an object, but got number."
      ),
    ] as [(JSONValue, String, String)])
  func `a mistake gets the service's error`(body: JSONValue, code: String, message: String) {
    let (status, json) = error(body)
    #expect(json == ["error": ["message": .string(message), "code": .string(code)]])
    #expect(status == (code == "not_found" ? 404 : 400))
  }

  private enum StepNames {
    static let all = [
      "code_execution_call", "code_execution_result", "file_search_call", "file_search_result",
      "function_call", "function_result", "google_maps_call", "google_maps_result",
      "google_search_call", "google_search_result", "mcp_server_tool_call",
      "mcp_server_tool_result", "model_output", "processing_call", "processing_result",
      "retrieval_call", "retrieval_result", "thought", "tool_search_call", "tool_search_result",
      "url_context_call", "url_context_result", "user_input",
    ].map { "'\($0)'" }.joined(separator: ", ")
  }

  @Test func `a body that is no JSON says where`() {
    var driver = Driver()
    let number = driver.open(
      Request(
        method: "POST", target: "/v1beta/interactions", headers: [Driver.key],
        body: Array("{\"model\": \"m\",\n \"input\":    }".utf8)))
    #expect(
      driver.exchanges[number].json["error"]?["message"]
        == "Invalid JSON payload received. unexpected character at line 2, column 14.")
    #expect(driver.exchanges[number].status == 400)
  }

  @Test func `the log tells all mistakes of a request at once`() {
    var driver = Driver()
    let number = driver.create(Self.with(["colour": 1, "size": 2]))
    #expect(
      driver.exchanges[number].warnings
        == ["Unknown parameter 'colour'.", "besides: Unknown parameter 'size'."])
    #expect(driver.exchanges[number].turn == nil)
  }

  @Test func `a lenient service lets pass, and warns`() {
    var driver = Driver(SessionSettings(pace: .fast, isStrict: false))
    let number = driver.create(Self.with(["colour": 1]), headers: [], [say("x")])
    #expect(driver.json(number)["status"] == "completed")
    #expect(driver.exchanges[number].warnings == ["let pass: Unknown parameter 'colour'."])
  }

  @Test func `who shows no key is not let in`() {
    var driver = Driver()
    let number = driver.create(Self.with([:]), headers: [])
    #expect(driver.exchanges[number].status == 401)
    #expect(driver.json(number)["error"]?["code"] == "authentication")
    for header in [Header("x-goog-api-key", "k"), Header("Authorization", "Bearer t")] {
      let other = driver.create(Self.with([:]), headers: [header])
      #expect(driver.exchanges[other].status == 200)
    }
    let query = driver.open(
      Request(
        method: "POST", target: "/v1/interactions?key=k", body: Self.with([:]).encoded),
      [.endTurn(TurnEnd())])
    #expect(driver.exchanges[query].status == 200)
  }

  @Test func `a scenario's keys and models are the only ones`() {
    let driver = Driver(SessionSettings(pace: .fast, models: ["m"], keys: ["k"]))
    #expect(error(["model": "models/m", "input": "x"], driver).0 == 200)
    let (status, json) = error(["model": "n", "input": "x"], driver)
    #expect(status == 404)
    #expect(json["error"]?["code"] == "model_not_found")
    var other = driver
    let number = other.create(Self.with([:]), headers: [Header("x-goog-api-key", "wrong")])
    #expect(other.exchanges[number].status == 401)
  }

  @Test func `a key may have expired, and a quota ends`() {
    var settings = SessionSettings(pace: .fast)
    settings.expiredKeys = ["old"]
    settings.quota = 1
    var driver = Driver(settings)
    let old = driver.create(Self.with([:]), headers: [Header("x-goog-api-key", "old")])
    #expect(driver.exchanges[old].status == 401)
    #expect(driver.json(old)["error"]?["message"] == "API key expired. Please renew the API key.")
    let first = driver.create(Self.with([:]))
    let second = driver.create(Self.with([:]))
    #expect(driver.exchanges[first].status == 200)
    #expect(driver.exchanges[second].status == 429)
    #expect(driver.json(second)["error"]?["code"] == "quota_exceeded")
  }

  @Test(arguments: [
    (ServiceFailure(code: "service_unavailable"), 503, "service_unavailable"),
    (ServiceFailure(status: 429), 429, "rate_limit_exceeded"),
    (ServiceFailure(code: "prohibited_content", message: "No."), 400, "prohibited_content"),
    (ServiceFailure(code: "odd", status: 418), 418, "odd"),
    (ServiceFailure(), 500, "api_error"),
  ])
  func `a failure before the answer is the exchange's status`(
    failure: ServiceFailure, status: Int, code: String
  ) {
    var driver = Driver()
    for body in [Self.with([:]), Self.with(["stream": true])] {
      let number = driver.create(body, [.fail(failure)])
      #expect(driver.exchanges[number].status == status)
      #expect(driver.json(number)["error"]?["code"] == .string(code))
      #expect(driver.exchanges[number].remembered.isEmpty)
    }
  }

  @Test func `when to come back stands in a header`() {
    var driver = Driver()
    let failure = ServiceFailure(status: 429, retryAfter: .milliseconds(1500))
    let number = driver.create(Self.with([:]), [.fail(failure)])
    #expect(
      driver.exchanges[number].response?.headers.last == Header("Retry-After", "2"))
  }

  @Test func `when to come back may be a date`() {
    var driver = Driver(pace: .fast, options: ["retry_after": .word("date")])
    let failure = ServiceFailure(status: 429, retryAfter: .seconds(90))
    let number = driver.create(Self.with([:]), [.fail(failure)])
    // 1,790,000,000 s of Unix time are 14:13:20.
    #expect(
      driver.exchanges[number].response?.headers.last
        == Header("Retry-After", "Mon, 21 Sep 2026 14:14:50 GMT"))
  }

  @Test func `a quota that is used up says the date it comes back`() {
    var settings = SessionSettings(pace: .fast, options: ["retry_after": .word("date")])
    settings.quota = 1
    var driver = Driver(settings)
    _ = driver.create(Self.with([:]), [say("x")])
    let number = driver.create(Self.with([:]), [say("x")])
    #expect(driver.exchanges[number].status == 429)
    #expect(
      driver.exchanges[number].response?.headers.last
        == Header("Retry-After", "Mon, 21 Sep 2026 14:14:20 GMT"))
  }

  @Test(arguments: [
    ("line", #"{"error":{"message":"No.","code":"prohibited_content"}}"#, 404),
    (
      "array", #"[{"error":{"code":400,"message":"No.","status":"INVALID_ARGUMENT"}}]"#, 200
    ),
  ])
  func `a failure in mid-stream may be no event, and nothing follows`(
    form: String, line: String, lookedUp: Int
  ) {
    var driver = Driver(pace: .fast, options: ["failures": .word(form)])
    let number = driver.create(
      Self.with(["stream": true]),
      [say("Some"), .fail(ServiceFailure(code: "prohibited_content", message: "No."))])
    driver.run()
    let exchange = driver.exchanges[number]
    #expect(exchange.stream.hasSuffix("\n\n\(line)\n"))
    #expect(exchange.isFinished)
    let id = exchange.events[0]["interaction"]?["id"]?.string ?? ""
    let lookup = driver.get(id)
    #expect(driver.exchanges[lookup].status == lookedUp)
  }

  @Test func `a failure in mid-stream is an event, and the stream ends`() {
    var driver = Driver()
    let number = driver.create(
      Self.with(["stream": true]),
      [say("Some"), .fail(ServiceFailure(code: "gateway_timeout"))])
    driver.run()
    #expect(
      driver.exchanges[number].events.last == [
        "error": [
          "message": "Deadline expired before operation could complete.",
          "code": "gateway_timeout",
        ], "event_type": "error",
      ])
    #expect(driver.exchanges[number].isFinished)
  }

  @Test func `routes that do not exist are not found`() {
    var driver = Driver()
    for (method, path) in [("GET", "/v1/interactions"), ("PUT", "/v1/interactions/x")] {
      let number = driver.request(method, path)
      #expect(driver.exchanges[number].status == 404)
    }
  }

  @Test func `the query alone asks for no stream`() {
    var driver = Driver()
    let number = driver.open(
      Request(
        method: "POST", target: "/v1beta/interactions?alt=sse", headers: [Driver.key],
        body: Self.with([:]).encoded), [say("x"), .endTurn(TurnEnd())])
    #expect(driver.json(number)["status"] == "completed")
  }

  @Test func `any version and prefix serve the same`() {
    let accepts = { (path: String) in
      Interactions.wireProtocol.accepts(Request(method: "POST", target: path))
    }
    for path in [
      "/v1/interactions", "/v1beta/interactions?alt=sse", "/v1alpha/interactions",
      "/proxy/x/v1/interactions", "/v1/interactions/v1_abc/cancel",
      "/v1beta1/projects/p/locations/l/interactions",
    ] { #expect(accepts(path), "\(path)") }
    for path in ["/interactions", "/v1/models/interactions/x/y", "/v1/interactions/a/b/c", "/v1"] {
      #expect(!accepts(path), "\(path)")
    }
  }
}
