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
}
