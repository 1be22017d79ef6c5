import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: refusals") struct RefusalTests {
  private static let plain =
    "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent"

  private func close(_ code: UInt16, _ reason: String) -> Output {
    .close(CloseCode(rawValue: code), reason)
  }

  private func settings(_ change: (inout SessionSettings) -> Void) -> SessionSettings {
    var settings = SessionSettings()
    change(&settings)
    return settings
  }

  // MARK: - Who may connect

  @Test func `a key that is not one of the scenario's is not valid`() {
    let settings = settings { $0.keys = ["right"] }
    let driver = Driver(settings: settings)
    #expect(
      driver.closes == [close(1007, "API key not valid. Please pass a valid API key.")])
    let right = Request(target: Driver.path, headers: [Header("x-goog-api-key", "right")])
    #expect(Driver(right, settings: settings).closes.isEmpty)
  }

  @Test func `a key may have expired`() {
    let driver = Driver(settings: settings { $0.expiredKeys = ["k"] })
    #expect(driver.closes == [close(1007, "API key expired. Please renew the API key.")])
  }

  @Test func `a token is no key for the plain method`() {
    let driver = Driver(Request(target: "\(Self.plain)?key=auth_tokens/x"))
    #expect(driver.closes.count == 1)
    #expect(driver.explanations.last?.contains("Constrained") == true)
  }

  @Test func `a model that does not exist is not found, in 123 bytes`() {
    var driver = Driver(settings: settings { $0.models = ["gemini-3.8-live"] })
    driver.setUp(model: "models/gemini-9")
    #expect(
      driver.closes == [
        close(
          1008,
          "models/gemini-9 is not found for API version v1, or is not supported for "
            + "bidiGenerateContent. Call ModelService.ListModels ")
      ])
    var right = Driver(settings: settings { $0.models = ["gemini-3.8-live"] })
    right.setUp(model: "models/gemini-3.8-live")
    #expect(right.closes.isEmpty)
  }

  // MARK: - What a model refuses

  @Test(arguments: [
    (
      "models/gemini-3.8-live", 1007,
      "The requested combination of response modalities (TEXT) is not supported by the model"
    ),
    (
      "models/gemini-2.5-flash-native-audio-latest", 1007,
      "Cannot extract voices from a non-audio request."
    ),
    ("models/gemini-3.1-flash-live-preview", 1011, "Internal error encountered."),
  ])
  func `models that only speak refuse TEXT, each in its words`(
    model: String, code: UInt16, reason: String
  ) {
    var driver = Driver()
    driver.setUp(["generationConfig": ["responseModalities": ["TEXT"]]], model: model)
    #expect(driver.closes == [close(code, reason)])
  }

  private static let refusals: [(String, JSONObject, UInt16, String)] = [
    (
      "models/gemini-3.8-live", ["generationConfig": ["thinkingConfig": ["thinkingLevel": "LOW"]]],
      1007, "Request contains an invalid argument."
    ),
    (
      "models/gemini-3.8-live", ["proactivity": ["proactiveAudio": false]], 1007,
      "Request contains an invalid argument."
    ),
    (
      "models/gemini-3.1-flash-live-preview", ["proactivity": ["proactiveAudio": true]], 1007,
      "Request contains an invalid argument."
    ),
    (
      "models/gemini-3.1-flash-live-preview", ["generationConfig": ["enableAffectiveDialog": true]],
      1007, "Request contains an invalid argument."
    ),
    (
      "models/gemini-3.1-flash-live-preview", ["tools": [["codeExecution": [:]]]], 1008,
      "Operation is not implemented, or supported, or enabled."
    ),
    (
      "models/gemini-2.5-flash-native-audio-latest", ["proactivity": [:]], 1007,
      "Invalid JSON payload received. Unknown name \"proactivity\" at 'setup': Cannot find field."
    ),
    (
      "models/gemini-3.5-transcribe-live", ["generationConfig": ["responseModalities": ["AUDIO"]]],
      1007, "Request contains an invalid argument."
    ),
    (
      "m", ["generationConfig": ["temperature": 3]], 1007, "Request contains an invalid argument."
    ),
    (
      "m", ["tools": [["functionDeclarations": [["name": "no spaces"]]]]], 1007,
      "Request contains an invalid argument."
    ),
    (
      "m", ["systemInstruction": ["parts": [["inlineData": ["data": "AAAA"]]]]], 1007,
      "Request contains an invalid argument."
    ),
  ]

  @Test(arguments: refusals.indices)
  func `setup is held against the model's profile`(index: Int) {
    let (model, setup, code, reason) = Self.refusals[index]
    var driver = Driver()
    driver.setUp(setup, model: model)
    #expect(driver.closes == [close(code, reason)])
    #expect(driver.frames.isEmpty)
  }

  @Test func `2-5 is proactive and affective on v1alpha`() {
    var driver = Driver(
      Request(
        target: "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent",
        headers: [Header("x-goog-api-key", "k")]))
    driver.setUp(
      [
        "proactivity": ["proactiveAudio": true],
        "generationConfig": ["enableAffectiveDialog": true],
      ], model: "models/gemini-2.5-flash-native-audio-latest")
    #expect(driver.frames == [["setupComplete": [:]]])
  }

  @Test func `3-8 completes an affective set-up, and refuses the first content`() {
    for content in [
      ["realtimeInput": ["text": "Hi"]], ["clientContent": ["turnComplete": true]],
    ] as [JSONValue] {
      var driver = Driver.ready(["generationConfig": ["enableAffectiveDialog": true]])
      driver.send(content)
      #expect(driver.closes == [close(1007, "Request contains an invalid argument.")])
    }
  }

  @Test func `3-1 at its launch took initial history only`() {
    let settings = settings { $0.options = ["client_content": .word("history")] }
    let content: JSONValue = [
      "clientContent": [
        "turns": [["role": "user", "parts": [["text": "Hi"]]]], "turnComplete": true,
      ]
    ]
    var driver = Driver.ready(
      ["historyConfig": ["initialHistoryInClientContent": true]], settings: settings)
    driver.send(content)
    #expect(driver.closes.isEmpty)
    driver.send(content)
    #expect(driver.closes == [close(1007, "Request contains an invalid argument.")])
  }

  @Test func `the role system exists on Vertex only`() {
    let content: JSONValue = [
      "clientContent": ["turns": [["role": "system", "parts": [["text": "Be brief."]]]]]
    ]
    var driver = Driver.ready()
    driver.send(content)
    #expect(driver.closes.count == 1)
    let path = "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent"
    let headers = [Header("Authorization", "Bearer k")]
    var vertex = Driver.ready([:], Request(target: path, headers: headers))
    vertex.send(content)
    #expect(vertex.closes.isEmpty)
  }

  @Test func `video must be a picture`() {
    var driver = Driver.ready()
    driver.send(["realtimeInput": ["video": ["mimeType": "video/mp4", "data": "AAAA"]]])
    #expect(driver.closes == [close(1007, "Request contains an invalid argument.")])
  }

  // MARK: - Lenient scenarios

  @Test(arguments: [
    #"{"setup":{"model":"models/gemini-3.8-live","modle":1}}"#,
    #"{"setup":{"model":"m","generationConfig":{"temperature":"hot"}}}"#,
    #"{"setup":{"model":"models/gemini-3.8-live","generationConfig":{"responseModalities":["TEXT"]}}}"#,
    #"{"setup":{"model":"m","generationConfig":{"temperature":3}}}"#,
  ])
  func `a lenient scenario lets a wrong set-up pass with a warning`(setup: String) {
    var driver = Driver(settings: settings { $0.isStrict = false })
    driver.send(text: setup)
    driver.run()
    #expect(driver.frames == [["setupComplete": [:]]])
    #expect(driver.explanations.count == 1)
  }

  @Test func `a lenient scenario lets wrong messages pass with a warning`() {
    for message in [
      ["setup": ["model": "m"]], ["realtimeInput": ["activityStart": [:]]],
      ["clientContent": ["turns": [["parts": [["text": "x"]]]]]],
      ["realtimeInput": ["audio": ["data": "!", "mimeType": "audio/pcm"]]],
      ["realtimeInput": ["sound": 1]],
    ] as [JSONValue] {
      var driver = Driver.ready(settings: settings { $0.isStrict = false })
      driver.send(message)
      #expect(driver.closes.isEmpty, "\(message)")
      #expect(driver.explanations.count == 1, "\(message)")
    }
  }

  // MARK: - By the scenario

  @Test(arguments: [
    ("API_KEY_INVALID", 1007, "API key not valid. Please pass a valid API key."),
    ("API_KEY_EXPIRED", 1007, "API key expired. Please renew the API key."),
    (
      "UNAUTHENTICATED", 1008,
      "Method doesn't allow unregistered callers (callers without established identity). "
        + "Please use API Key or other form of API c"
    ),
    (
      "NOT_FOUND", 1008,
      "models/unknown is not found for API version v1beta, or is not supported for "
        + "bidiGenerateContent. Call ModelService.ListMode"
    ),
    ("INVALID_ARGUMENT", 1007, "Request contains an invalid argument."),
    (
      "MEDIA_CHUNKS", 1007,
      "realtime_input.media_chunks is deprecated. Use audio, video, or text instead."
    ),
    ("NO_VOICE", 1007, "Cannot extract voices from a non-audio request."),
    (
      "MODALITIES", 1007,
      "The requested combination of response modalities (TEXT) is not supported by the model"
    ),
    ("FAILED_PRECONDITION", 1007, "Precondition check failed."),
    ("LOCATION", 1007, "User location is not supported for the API use."),
    ("UNIMPLEMENTED", 1008, "Operation is not implemented, or supported, or enabled."),
    ("ABORTED", 1008, "The operation was aborted."),
    (
      "QUOTA", 1011,
      "You exceeded your current quota, please check your plan and billing details."
    ),
    ("resource_exhausted", 1011, "Resource has been exhausted (e.g. check quota)."),
    ("INTERNAL", 1011, "Internal error encountered."),
    ("UNKNOWN", 1011, "Internal error occurred."),
    ("UNAVAILABLE", 1011, "The service is currently unavailable."),
    ("CANCELLED", 1011, "Thread was cancelled"),
    ("DEADLINE_EXCEEDED", 1011, "Deadline expired before operation could complete."),
    (
      "GO_AWAY", 1008,
      "Connection aborted because the client failed to close the connection after receiving a "
        + "GoAway signal once the session durat"
    ),
    ("TOKEN_USED", 1011, "Token has been used too many times"),
    ("TOKEN_EXPIRING", 1011, "auth token has expired"),
    ("TOKEN_EXPIRED", 1011, "Token has expired"),
    ("SESSION_NOT_FOUND", 1008, "BidiGenerateContent session not found"),
    ("HANDLE_EXPIRED", 1008, "Requested entity was not found."),
    ("HANDLE_INVALID", 1007, "Invalid session handle"),
    ("1008", 1008, "The operation was aborted."),
    ("1000", 1000, ""), ("1006", 1011, "Internal error encountered."),
    ("no such code", 1011, "Internal error encountered."),
  ])
  func `a scenario reaches every row of the close table`(
    name: String, code: UInt16, reason: String
  ) {
    var driver = Driver.ready()
    driver.direct(.fail(ServiceFailure(code: name)))
    #expect(driver.closes == [close(code, reason)])
    #expect(driver.explanations.count == 1)
  }

  @Test func `a message of the scenario's is cut at 123 bytes, between characters`() {
    var driver = Driver.ready()
    driver.direct(
      .fail(ServiceFailure(code: "INTERNAL", message: String(repeating: "ş", count: 100))))
    #expect(driver.closes == [close(1011, String(repeating: "ş", count: 61))])
    var closed = Driver.ready()
    closed.direct(.hangUp(.normal, String(repeating: "x", count: 200)))
    #expect(closed.closes == [close(1000, String(repeating: "x", count: 123))])
  }

  @Test func `a transcription that fails is silent, and the turn comes`() {
    var driver = Driver.ready(["inputAudioTranscription": [:]])
    driver.transcription = .failed(ServiceFailure())
    driver.hear(400)
    driver.send(["realtimeInput": ["audioStreamEnd": true]])
    #expect(driver.heard.last == .turn(UserTurn(speech: .milliseconds(400))))
    #expect(!driver.frames.contains { $0["serverContent"]?["inputTranscription"] != nil })
    #expect(driver.explanations.count == 1)
  }
}
