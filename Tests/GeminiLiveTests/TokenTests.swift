import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: ephemeral tokens") struct TokenTests {
  private static let epoch: Int64 = 1_790_000_000  // 2026-09-21T14:13:20Z
  private static let constrained =
    "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained"

  /// A server on paper: the tokens and the sessions of one key.
  private struct Desk {
    var namespace = Namespace(seed: 1, epoch: TokenTests.epoch)
    var now = Instant.start

    mutating func post(
      _ body: JSONValue, key: String = "k", method: String = "POST",
      target: String = "/v1alpha/auth_tokens", settings: SessionSettings = SessionSettings()
    ) -> (status: Int, body: JSONValue) {
      let request = Request(
        method: method, target: target,
        headers: key.isEmpty ? [] : [Header("x-goog-api-key", key)], body: body.encoded)
      var session = GeminiLive.tokenProtocol.open(settings)
      for output in session.receive(.opened(request), at: now, in: &namespace) {
        if case .respond(let response) = output {
          return (response.status, (try? JSONValue(parsing: response.body)) ?? nil)
        }
      }
      return (0, nil)
    }

    mutating func token(_ body: JSONValue) -> String { post(body).body["name"]?.string ?? "" }

    /// A session begun with `token`; its namespace is the desk's afterwards.
    mutating func connect(_ token: String, _ setup: JSONObject = [:]) -> Driver {
      var driver = Driver(
        Request(target: "\(TokenTests.constrained)?access_token=\(token)"), namespace: namespace,
        at: now)
      driver.setUp(setup)
      namespace = driver.namespace
      return driver
    }
  }

  @Test func `a token has a name, and leads to the namespace of its key`() throws {
    var desk = Desk()
    let answer = desk.post(["uses": 1])
    #expect(answer.status == 200)
    #expect(answer.body.object?.names == ["name"])
    let name = try #require(answer.body["name"]?.string)
    #expect(name.hasPrefix("auth_tokens/"))
    let byKey = Request(target: "/x", headers: [Header("x-goog-api-key", "k")])
    let byToken = Request(target: "/x?access_token=\(name)")
    let namespace = GeminiLive.wireProtocol.namespace
    #expect(namespace(byKey) == namespace(byToken))
  }

  @Test(arguments: ["/v1/auth_tokens", "/v1beta/auth_tokens", "/gem//v1alpha/auth_tokens"])
  func `the exchange is found under every version and prefix`(target: String) {
    #expect(GeminiLive.tokenProtocol.accepts(Request(method: "POST", target: target)))
    #expect(!GeminiLive.tokenProtocol.accepts(Request(target: "/v1/models")))
  }

  @Test func `a token begins one session, and is used up`() {
    var desk = Desk()
    let token = desk.token([:])
    #expect(desk.connect(token).frames == [["setupComplete": [:]]])
    #expect(
      desk.connect(token).closes == [
        .close(.internalError, "Token has been used too many times")
      ])
  }

  @Test func `uses say how many sessions begin, and zero any number`() {
    for (uses, sessions) in [(2, 2), (0, 5)] {
      var desk = Desk()
      let token = desk.token(["uses": .int(uses)])
      let begun = (0..<5).filter { _ in desk.connect(token).closes.isEmpty }
      #expect(begun.count == sessions)
    }
  }

  @Test func `resuming is no use`() {
    var desk = Desk()
    let token = desk.token([:])
    var driver = desk.connect(token, ["sessionResumption": [:]])
    let handle = driver.frames[1]["sessionResumptionUpdate"]?["newHandle"] ?? nil
    driver.close()
    desk.namespace = driver.namespace
    let resumed = desk.connect(token, ["sessionResumption": ["handle": handle]])
    #expect(resumed.closes.isEmpty)
  }

  @Test func `new sessions begin within a minute, unless the token says otherwise`() {
    for (body, passed, closes) in [
      ([:], 59, 0), ([:], 60, 1), (["newSessionExpireTime": "2026-09-21T14:23:20+00:00"], 599, 0),
    ] as [(JSONValue, Int, Int)] {
      var desk = Desk()
      let token = desk.token(body)
      desk.now = desk.now + .seconds(passed)
      let driver = desk.connect(token)
      #expect(driver.closes.count == closes)
      if closes == 1 {
        #expect(driver.closes == [.close(.internalError, "Token has expired")])
      }
    }
  }

  @Test func `the end of the token ends the session`() {
    var desk = Desk()
    let token = desk.token(["expireTime": "2026-09-21T14:15:20.500Z"])
    var driver = desk.connect(token)
    driver.run(until: .start + .milliseconds(120_499))
    #expect(driver.closes.isEmpty)
    driver.run(until: .start + .milliseconds(120_500))
    #expect(driver.closes == [.close(.internalError, "auth token has expired")])
  }

  @Test func `a token that nobody made is no key`() {
    var desk = Desk()
    #expect(
      desk.connect("auth_tokens/0123").closes == [
        .close(.invalidPayload, "API key not valid. Please pass a valid API key.")
      ])
  }

  // MARK: - Constraints

  private let constraints: JSONValue = [
    "model": "models/gemini-3.8-live", "generation_config": ["response_modalities": ["AUDIO"]],
    "outputAudioTranscription": [:],
  ]
  private let ask: JSONValue = ["realtimeInput": ["text": "Hello"]]

  /// Whether a session of a token with `mask` transcribes what it says and what it hears.
  private func transcribes(_ mask: String?, _ setup: JSONObject) -> (output: Bool, input: Bool) {
    var desk = Desk()
    var body: JSONObject = ["bidiGenerateContentSetup": constraints]
    body["fieldMask"] = mask.map { .string($0) }
    var driver = desk.connect(desk.token(.object(body)), setup)
    driver.answers = [[.say(Speech(text: "Hum."))]]
    driver.hear(400)
    driver.send(["realtimeInput": ["audioStreamEnd": true]])
    driver.run()
    let contents = driver.frames.compactMap { $0["serverContent"] }
    return (
      contents.contains { $0["outputTranscription"] != nil },
      contents.contains { $0["inputTranscription"] != nil }
    )
  }

  @Test func `without a mask the token's setup takes the place of the client's`() {
    let result = transcribes(nil, ["inputAudioTranscription": [:]])
    #expect(result.output && !result.input)
  }

  @Test func `a mask forces its fields only`() {
    let client: JSONObject = ["inputAudioTranscription": [:]]
    let both = transcribes("model,output_audio_transcription", client)
    #expect(both.output && both.input)
    let none = transcribes("model,generationConfig.responseModalities", client)
    #expect(!none.output && none.input)
    // What the mask names and the token's setup has not is taken away.
    let taken = transcribes("inputAudioTranscription", client)
    #expect(!taken.output && !taken.input)
  }

  @Test func `a mask reaches inside a message`() {
    var desk = Desk()
    let token = desk.token([
      "bidiGenerateContentSetup": constraints, "fieldMask": "generationConfig.responseModalities",
    ])
    let driver = desk.connect(
      token, ["generationConfig": ["responseModalities": ["TEXT"], "temperature": 1]])
    #expect(driver.closes.isEmpty)
  }

  // MARK: - Errors

  @Test(arguments: [
    (
      #"{"expireTime":"2026-09-22T10:13:21Z"}"#,
      "expire_time is too far in the future. Maximum lifetime is 20h"
    ),
    (#"{"expireTime":"2026-09-21T14:13:20Z"}"#, "expire_time must be in the future."),
    (
      #"{"liveConnectConstraints":{}}"#,
      "Invalid JSON payload received. Unknown name \"liveConnectConstraints\" at 'auth_token': "
        + "Cannot find field."
    ),
    (
      #"{"bidiGenerateContentSetup":{"modle":"m"}}"#,
      "Invalid JSON payload received. Unknown name \"modle\" at "
        + "'auth_token.bidi_generate_content_setup': Cannot find field."
    ),
    (#"{"uses":-1}"#, "uses must not be negative."),
    (
      #"{"expireTime":"soon"}"#,
      "Invalid value at 'auth_token' (type.googleapis.com/google.protobuf.Timestamp)"
    ),
  ])
  func `a wrong request is refused with 400`(body: String, message: String) throws {
    var desk = Desk()
    let answer = desk.post(try JSONValue(parsing: Array(body.utf8)))
    #expect(answer.status == 400)
    #expect(
      answer.body["error"] == [
        "code": 400, "message": .string(message), "status": "INVALID_ARGUMENT",
      ])
  }

  @Test func `no key is 403, a wrong key 400 with its reason, and a token cannot make tokens`() {
    var desk = Desk()
    #expect(desk.post([:], key: "").status == 403)
    let settings = SessionSettings(keys: ["right"])
    let wrong = desk.post([:], settings: settings)
    #expect(wrong.status == 400)
    #expect(
      wrong.body["error"]?["details"]?.array?.first?["reason"] == "API_KEY_INVALID")
    #expect(desk.post([:], key: desk.token([:])).status == 400)
    var expired = SessionSettings()
    expired.expiredKeys = ["k"]
    #expect(
      desk.post([:], key: "k", settings: expired).body["error"]?["message"]
        == "API key expired. Please renew the API key.")
  }

  @Test func `tokens can neither be listed nor fetched`() {
    var desk = Desk()
    let token = desk.token([:])
    for target in ["/v1alpha/auth_tokens", "/v1alpha/\(token)"] {
      let answer = desk.post([:], method: "GET", target: target)
      #expect(answer.status == 404)
      #expect(answer.body["error"]?["status"] == "NOT_FOUND")
    }
  }

  @Test func `a token may be refused in a header`() {
    var desk = Desk()
    let token = desk.token([:])
    var settings = SessionSettings()
    settings.options = ["token_header": .word("refuse")]
    let request = Request(
      target: Self.constrained, headers: [Header("Authorization", "Token \(token)")])
    for (settings, closes) in [(settings, 1), (SessionSettings(), 0)] {
      let driver = Driver(request, settings: settings, namespace: desk.namespace)
      #expect(driver.closes.count == closes)
    }
  }
}
