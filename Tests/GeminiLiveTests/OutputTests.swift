import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: what the model puts out") struct OutputTests {
  private static let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48_000))
  private let ask: JSONValue = ["realtimeInput": ["text": "Hello"]]
  private let say = ServerAction.say(Speech(text: "Hi there.", audio: clip))

  private func played(
    _ actions: ServerAction..., setup: JSONObject = [:],
    model: String = "models/gemini-3.8-live", _ request: Request = Driver.request
  ) -> Driver {
    var driver = Driver.ready(setup, model: model, answers: [actions], request)
    driver.send(ask)
    driver.run()
    return driver
  }

  private func parts(_ frame: JSONValue) -> JSONValue? {
    frame["serverContent"]?["modelTurn"]?["parts"]
  }

  @Test func `thoughts are parts of the turn where they are asked for`() {
    let setup: JSONObject = ["generationConfig": ["thinkingConfig": ["includeThoughts": true]]]
    let shown = played(.think("Hm, hello."), say, setup: setup)
    #expect(parts(shown.frames[0]) == [["text": "Hm, hello.", "thought": true]])
    #expect(shown.frames.last?["usageMetadata"]?["thoughtsTokenCount"] == 3)
    let hidden = played(.think("Hm, hello."), say)
    #expect(parts(hidden.frames[0])?.array?.first?["inlineData"] != nil)
    #expect(hidden.frames.last?["usageMetadata"]?["thoughtsTokenCount"] == 3)
  }

  @Test func `native audio of 2-5 thinks aloud unless asked not to`() {
    let model = "models/gemini-2.5-flash-native-audio-preview-09-2025"
    #expect(parts(played(.think("Hm."), model: model).frames[0]) != nil)
    let setup: JSONObject = ["generationConfig": ["thinkingConfig": ["includeThoughts": false]]]
    #expect(parts(played(.think("Hm."), setup: setup, model: model).frames[0]) == nil)
  }

  @Test func `code runs at the service, and shows as two parts`() {
    for (isFailed, outcome) in [(false, "OUTCOME_OK"), (true, "OUTCOME_FAILED")] {
      let driver = played(
        .execute(CodeExecution(code: "print(1)", output: "1\n", isFailed: isFailed)),
        setup: ["tools": [["codeExecution": [:]]]])
      #expect(
        driver.frames.prefix(2).map(parts) == [
          [["executableCode": ["language": "PYTHON", "code": "print(1)"]]],
          [["codeExecutionResult": ["outcome": .string(outcome), "output": "1\n"]]],
        ])
      #expect(driver.frames.last?["usageMetadata"]?["toolUsePromptTokenCount"] == 3)
      #expect(driver.explanations.isEmpty)
    }
  }

  @Test func `a picture is inline data`() {
    let driver = played(.show(Picture(mimeType: "image/png", bytes: [1, 2, 3])))
    #expect(
      parts(driver.frames[0])?.description
        == #"[{"inlineData":{"mimeType":"image/png","data":"AQID"}}]"#)
    #expect(
      driver.frames.last?["usageMetadata"]?["responseTokensDetails"] == [
        ["modality": "IMAGE", "tokenCount": 258]
      ])
  }

  @Test func `what the model does comes in its order, each after its pause`() {
    let driver = played(
      .think("Hm."), say, .execute(CodeExecution(code: "1", output: "")), say,
      setup: ["generationConfig": ["thinkingConfig": ["includeThoughts": true]]])
    let kinds = driver.frames.compactMap { parts($0)?.array?.first?.object?.names.first }
    #expect(kinds.first == "text")
    #expect(
      kinds.filter { $0 != "inlineData" } == ["text", "executableCode", "codeExecutionResult"])
    #expect(driver.audio.count == 96_000)
    // Half a second, the thought, and two seconds of audio that the listener hears in one go.
    #expect(driver.frames.last?["serverContent"] == ["turnComplete": true])
  }

  @Test func `a turn may end for a reason`() {
    let driver = played(say, .endTurn(TurnEnd(.incomplete(reason: "generated_audio_safety"))))
    #expect(
      driver.frames.last?["serverContent"] == [
        "turnComplete": true, "turnCompleteReason": "GENERATED_AUDIO_SAFETY",
      ])
    let failed = played(
      .endTurn(TurnEnd(.failed(ServiceFailure(code: "MALFORMED_FUNCTION_CALL")))))
    #expect(
      failed.frames.last?["serverContent"]?["turnCompleteReason"] == "MALFORMED_FUNCTION_CALL")
    let waiting = played(.endTurn(TurnEnd(.incomplete(reason: "NEED_MORE_INPUT"))))
    #expect(waiting.frames.last?["serverContent"]?["waitingForInput"] == true)
  }

  @Test func `a turn that fails otherwise ends the session`() {
    let driver = played(.endTurn(TurnEnd(.failed(ServiceFailure(code: "INTERNAL")))))
    #expect(driver.closes == [.close(.internalError, "Internal error encountered.")])
  }

  @Test func `a reason that does not exist is sent, and the log tells`() {
    let driver = played(.endTurn(TurnEnd(.incomplete(reason: "max_tokens"))))
    #expect(
      driver.frames.last?["serverContent"]?["turnCompleteReason"] == "MAX_TOKENS")
    #expect(driver.explanations.first?.contains("MAX_TOKENS") == true)
  }

  @Test func `a scenario cuts the model as if the user had spoken`() {
    let driver = played(say, .interrupt)
    #expect(
      driver.frames.suffix(2).map { $0["serverContent"] } == [
        ["interrupted": true], ["turnComplete": true],
      ])
    #expect(driver.heard.last == .interrupted)
    var idle = Driver.ready()
    idle.direct(.interrupt)
    #expect(idle.outputs.last == .performed)
  }

  @Test func `gemini-3-1 tells the size of the prompt at the beginning`() {
    let driver = played(say, model: "models/gemini-3.1-flash-live-preview")
    #expect(driver.frames[0]["serverContent"] == [:])
    #expect(driver.frames[0]["usageMetadata"]?["promptTokenCount"] == 2)
    #expect(driver.frames.last?["usageMetadata"] == [:])
  }

  @Test func `on Vertex the response has other names`() {
    let request = Request(
      target: "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
      headers: [Header("Authorization", "Bearer k")])
    let model = "projects/p/locations/l/publishers/google/models/gemini-3.8-live"
    let driver = played(say, model: model, request)
    let usage = driver.frames.last?["usageMetadata"]
    #expect(usage?["candidatesTokenCount"] == 25)
    #expect(usage?["candidatesTokensDetails"] == [["modality": "AUDIO", "tokenCount": 25]])
    #expect(usage?["responseTokenCount"] == nil)
  }

  @Test func `models before 3-1 cut audio evenly`() {
    let driver = played(say, model: "models/gemini-2.5-flash-native-audio-latest")
    let sizes = driver.frames.compactMap {
      parts($0)?.array?.first?["inlineData"]?["data"]?.string.flatMap { Base64.decode($0)?.count }
    }
    #expect(sizes == [11_520, 11_520, 11_520, 11_520, 1_920])
  }

  @Test func `live translation has no turns, and comes as fast as it plays`() {
    var driver = Driver.ready(
      [
        "outputAudioTranscription": [:],
        "generationConfig": ["translationConfig": ["targetLanguageCode": "tr"]],
      ], model: "models/gemini-3.5-live-translate-preview", answers: [[say]])
    driver.hear(400)
    driver.send(["realtimeInput": ["audioStreamEnd": true]])
    driver.forget()
    let asked = driver.now
    driver.run()
    #expect(driver.frames.count == 4)
    // Half a second until the first chunk, and a second of audio.
    #expect(driver.now == asked + .milliseconds(1500))
    #expect(driver.frames[1]["serverContent"]?["outputTranscription"]?["languageCode"] == "tr")
    #expect(driver.frames.allSatisfy { $0["serverContent"]?["modelTurn"] != nil })
  }

  @Test func `live transcription gives the words back, interim and final`() {
    var driver = Driver.ready(model: "models/gemini-3.5-transcribe-live", answers: [[]])
    driver.transcript = "what is the time"
    driver.hear(800)
    driver.send(["realtimeInput": ["audioStreamEnd": true]])
    driver.run()
    let contents = driver.frames.map { $0["serverContent"] }
    #expect(
      contents.dropFirst() == [
        ["interimInputTranscription": ["text": "what"]],
        ["interimInputTranscription": ["text": "what is"]],
        ["interimInputTranscription": ["text": "what is the"]],
        ["interimInputTranscription": ["text": "what is the time"]],
        ["inputTranscription": ["text": "what is the time"]], ["generationComplete": true], [:],
      ])
    #expect(driver.frames.last?["voiceActivity"]?["type"] == "ACTIVITY_END")
    #expect(!driver.frames.contains { $0["usageMetadata"] != nil })
  }

  @Test func `frames are binary, or text where the scenario says so`() {
    for (word, opcode) in [("binary", Opcode.binary), ("text", .text)] {
      var settings = SessionSettings()
      settings.options = ["frames": .word(word)]
      var driver = Driver(settings: settings)
      driver.setUp()
      #expect(driver.outputs.contains(.send(.json(["setupComplete": [:]], as: opcode))))
    }
  }
}
