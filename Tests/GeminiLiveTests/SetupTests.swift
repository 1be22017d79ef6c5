import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: set-up") struct SetupTests {
  private let setup: JSONValue = ["setup": ["model": "models/gemini-3.8-live"]]

  @Test(arguments: [
    "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent",
    "//ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k",
    "/gem/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained",
    "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
  ])
  func `is found under every path the SDKs use`(target: String) {
    let request = Request(target: target, headers: [Header("Upgrade", "websocket")])
    #expect(GeminiLive.wireProtocol.accepts(request))
    #expect(!GeminiLive.wireProtocol.accepts(Request(target: target)))
  }

  @Test(arguments: [
    Request(target: "/x", headers: [Header("x-goog-api-key", "k")]),
    Request(target: "/x?key=k"), Request(target: "/x?access_token=k"),
    Request(target: "/x", headers: [Header("Authorization", "Token k")]),
    Request(target: "/x", headers: [Header("Authorization", "Bearer k")]),
  ])
  func `takes the credential wherever it stands`(request: Request) {
    #expect(GeminiLive.wireProtocol.credential(request) == "k")
  }

  @Test func `without a key it closes in the service's words`() {
    let driver = Driver(Request(target: Driver.path))
    #expect(driver.outputs.first == .upgrade(subprotocol: nil))
    #expect(
      driver.outputs.last
        == .close(
          .policyViolation,
          "Method doesn't allow unregistered callers (callers without established identity). "
            + "Please use API Key or other form of API c"))
  }

  @Test func `says nothing until setup, then completes it after the measured time`() {
    var driver = Driver()
    #expect(driver.outputs == [.upgrade(subprotocol: nil)])
    driver.forget()
    driver.send(setup)
    #expect(driver.outputs.isEmpty)
    driver.run(until: .start + .milliseconds(129))
    #expect(driver.outputs.isEmpty)
    driver.run(until: .start + .milliseconds(130))
    #expect(
      driver.outputs == [
        .send(.json(["setupComplete": [:]], as: .binary)), .heard(.ready),
      ])
  }

  @Test(arguments: [
    #"{"clientContent":{"turnComplete":true}}"#, "{}",
    #"{"setup":{"model":"m"},"clientContent":{}}"#, #"{"setup":{}}"#,
    #"{"realtimeInput":{"text":"x"}}"#,
  ])
  func `refuses anything but one setup first`(message: String) {
    var driver = Driver()
    driver.forget()
    driver.send(text: message)
    #expect(driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
    #expect(driver.frames.isEmpty)
  }

  @Test(arguments: [
    ("not json", "Invalid JSON payload received. unexpected character at line 1 column 2"),
    ("[]", "Invalid JSON payload received. Root element must be a message."),
    (
      #"{"setup":{"modle":"m"}}"#,
      #"Invalid JSON payload received. Unknown name "modle" at 'setup': Cannot find field."#
    ),
    (#"{"setpu":{}}"#, #"Invalid JSON payload received. Unknown name "setpu": Cannot find field."#),
    (
      #"{"setup":{"model":"m","generationConfig":{"temperature":"hot"}}}"#,
      "Invalid value at 'setup.generation_config.temperature'"
    ),
    (
      #"{"setup":{"model":"m","generation_config":{"response_modalities":["SMELL"]}}}"#,
      "Invalid value at 'setup.generation_config.response_modalities[0]'"
    ),
    (
      #"{"setup":{"model":"m","tools":[{"functionDeclarations":[{"nam":"x"}]}]}}"#,
      "Invalid JSON payload received. Unknown name \"nam\" at "
        + "'setup.tools[0].function_declarations[0]': Cannot find field."
    ),
  ])
  func `refuses what it cannot read, and says where`(message: String, reason: String) {
    var driver = Driver()
    driver.send(text: message)
    #expect(driver.closes == [.close(.invalidPayload, reason)])
    let explained = driver.outputs.contains { if case .explain = $0 { true } else { false } }
    #expect(explained)
  }

  @Test func `reads what google-genai for Python sends, spellings mixed`() {
    var driver = Driver()
    driver.send(
      text: #"""
        {"setup":{"model":"models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"],
        "temperature":0.7,"topK":40.0,"mediaResolution":"MEDIA_RESOLUTION_LOW","speechConfig":
        {"voice_config":{"prebuilt_voice_config":{"voice_name":"Kore"}},"language_code":"en-US"},
        "thinkingConfig":{"include_thoughts":true,"thinking_budget":128}},"systemInstruction":
        {"parts":[{"text":"Be brief."}],"role":"user"},"tools":[{"googleSearch":{}},
        {"functionDeclarations":[{"name":"raw","parameters_json_schema":{"anything":1},
        "behavior":"NON_BLOCKING"}]}],"outputAudioTranscription":{"language_codes":["en-US"]},
        "realtimeInputConfig":{"automatic_activity_detection":{"disabled":false,
        "start_of_speech_sensitivity":"START_SENSITIVITY_LOW","prefix_padding_ms":20},
        "activity_handling":"NO_INTERRUPTION"},"contextWindowCompression":{"trigger_tokens":25600,
        "sliding_window":{"target_tokens":"12800"}},"labels":{"team":"x"}}}
        """#)
    driver.run()
    #expect(driver.frames == [["setupComplete": [:]]])
    #expect(driver.closes.isEmpty)
  }

  @Test func `a second setup ends the session`() {
    var driver = Driver.ready()
    driver.send(setup)
    #expect(driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
  }

  @Test func `two modalities at once are refused`() {
    var driver = Driver()
    driver.send([
      "setup": ["model": "m", "generationConfig": ["responseModalities": ["AUDIO", "TEXT"]]]
    ])
    #expect(driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
  }

  @Test func `handles of resumption come when asked for`() {
    var driver = Driver()
    driver.send(["setup": ["model": "m", "sessionResumption": [:]]])
    driver.run()
    #expect(driver.frames.count == 2)
    let update = driver.frames[1]["sessionResumptionUpdate"]
    #expect(update?["resumable"] == true)
    #expect(update?["newHandle"]?.string?.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
  }

  @Test func `whoever sends early gets setupComplete first`() {
    var driver = Driver()
    driver.forget()
    driver.send(setup)
    driver.send(["clientContent": ["turnComplete": true]])
    #expect(driver.frames.first == ["setupComplete": [:]])
    #expect(driver.heard == [.ready, .turn(UserTurn())])
  }
}
