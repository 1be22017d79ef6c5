import Conversation
import JSON
import OpenAIRealtime
import Testing
import Wire

@Suite("OpenAI Realtime: admission") struct AdmissionTests {
  @Test(arguments: ["/v1/realtime", "//v1//realtime", "/openai/v1/realtime", "/realtime"])
  func `serves any path that ends in realtime`(path: String) {
    let request = Request(target: path + "?model=m", headers: [Header("Upgrade", "websocket")])
    #expect(OpenAIRealtime.wireProtocol.accepts(request))
  }

  @Test func `leaves plain HTTP and other paths to others`() {
    #expect(!OpenAIRealtime.wireProtocol.accepts(Request(target: "/v1/realtime")))
    let other = Request(target: "/v1/realtime/calls", headers: [Header("Upgrade", "websocket")])
    #expect(!OpenAIRealtime.wireProtocol.accepts(other))
  }

  @Test(arguments: [
    (Header("Authorization", "Bearer sk-1"), "sk-1"),
    (Header("authorization", "bearer sk-1"), "sk-1"),
    (Header("api-key", "az"), "az"),
    (Header("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.sk-2"), "sk-2"),
  ])
  func `finds the key wherever it stands`(header: Header, key: String) {
    let request = Request(target: "/v1/realtime", headers: [header])
    #expect(OpenAIRealtime.wireProtocol.credential(request) == key)
  }

  @Test func `the subprotocol is answered only when it was offered`() {
    #expect(Driver().outputs.first == .upgrade(subprotocol: nil))
    let browser = Request(
      target: "/v1/realtime?model=m",
      headers: [Header("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.k")])
    #expect(Driver(browser).outputs.first == .upgrade(subprotocol: "realtime"))
  }

  @Test(arguments: [
    (
      Request(target: "/v1/realtime?model=m"), "invalid_api_key", UInt16(3000)
    ),
    (
      Request(target: "/v1/realtime", headers: [Header("api-key", "k")]), "missing_model", 4000
    ),
    (
      Request(
        target: "/v1/realtime?model=m",
        headers: [Header("api-key", "k"), Header("OpenAI-Beta", "realtime=v1")]),
      "beta_api_shape_disabled", 4000
    ),
  ])
  func `refuses after the upgrade, with one error and a close`(
    request: Request, code: String, close: UInt16
  ) {
    let driver = Driver(request)
    #expect(driver.outputs.first == .upgrade(subprotocol: nil))
    #expect(driver.types == ["error"])
    let error = driver.events[0]["error"]
    #expect(error?["code"]?.string == code)
    #expect(error?["type"] == "invalid_request_error")
    #expect(error?["param"] == .null)
    #expect(error?["event_id"] == .null)
    #expect(
      driver.outputs.last
        == .close(CloseCode(rawValue: close), "invalid_request_error.\(code)"))
    #expect(driver.heard.isEmpty)
  }

  @Test func `a refused session says nothing more`() {
    var driver = Driver(Request(target: "/v1/realtime"))
    driver.forget()
    driver.send(["type": "response.create"])
    driver.run()
    #expect(driver.outputs.isEmpty)
  }

  @Test(arguments: [
    ("gpt-4o", "invalid_model", UInt16(4000)), ("whisper-1", "invalid_model", 4000),
    ("gpt-4o-realtime-preview", "model_not_found", 4004),
  ])
  func `refuses models that are served elsewhere, or no more`(
    model: String, code: String, close: UInt16
  ) {
    let request = Request(
      target: "/v1/realtime?model=\(model)", headers: Driver.request.headers)
    let driver = Driver(request)
    #expect(driver.last("error")?["error"]?["code"]?.string == code)
    #expect(
      driver.closing
        == .close(CloseCode(rawValue: close), "invalid_request_error.\(code)"))
    // Where the scenario names its models, those exist and no others.
    #expect(Driver(request, models: [model]).types == ["session.created"])
    #expect(Driver(models: ["other"]).last("error")?["error"]?["code"] == "invalid_model")
    let lenient = Driver(request, isStrict: false)
    #expect(lenient.types == ["session.created"])
    #expect(lenient.explanations.first?.hasPrefix("accepted, though") == true)
  }

  @Test func `where the scenario names its keys, no others are good`() {
    #expect(Driver(keys: ["k"]).types == ["session.created"])
    let driver = Driver(keys: ["other"])
    #expect(driver.last("error")?["error"]?["code"] == "invalid_api_key")
    #expect(driver.closing == .close(.unauthorized, "invalid_request_error.invalid_api_key"))
  }

  @Test func `a key that has expired is a wrong one`() {
    let driver = Driver(keys: ["k"], expiredKeys: ["k"])
    #expect(driver.last("error")?["error"]?["code"] == "invalid_api_key")
  }

  @Test func `a lenient service lets in who shows no key and names no model`() {
    let driver = Driver(Request(target: "/v1/realtime"), isStrict: false)
    #expect(driver.events.first?["session"]?["model"] == "gpt-realtime")
    #expect(driver.explanations.count == 2)
  }

  @Test func `a model and the transcription intent exclude each other`() {
    let request = Request(
      target: "/v1/realtime?intent=transcription&model=gpt-4o-transcribe",
      headers: Driver.request.headers)
    let driver = Driver(request)
    #expect(driver.last("error")?["error"]?["code"] == "invalid_model")
    #expect(driver.closing == .close(.badRequest, "invalid_request_error.invalid_model"))
  }

  @Test func `Azure has deployments of any name, and habits of its own`() {
    let request = Request(
      target: "/openai/v1/realtime?model=my-gpt-4o", headers: [Header("api-key", "k")])
    var driver = Driver(request, answers: [[.say(Speech(text: "Hi."))]])
    driver.send(["type": "response.create"])
    driver.run()
    let part = driver.last("response.content_part.done")
    #expect(part?["content"] == part?["part"])
    #expect(driver.types.last == "response.done")
  }

  @Test func `a sideband connection is silent until it is spoken to, and gets no audio`() {
    let request = Request(
      target: "/v1/realtime?call_id=rtc_u0_abc", headers: Driver.request.headers)
    var driver = Driver(request, answers: [[.say(Speech(text: "Hi."))]])
    #expect(driver.types.isEmpty)
    driver.send(["type": "session.update", "session": ["type": "realtime"]])
    #expect(driver.types == ["session.updated"])
    driver.send(["type": "response.create"])
    driver.run()
    #expect(!driver.types.contains("response.output_audio.delta"))
    #expect(driver.types.contains("response.output_audio.done"))
    let unknown = Driver(request, options: ["calls": .texts(["rtc_other"])])
    #expect(unknown.last("error")?["error"]?["code"] == "call_id_not_found")
  }
}
