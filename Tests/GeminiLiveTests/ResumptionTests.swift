import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: resumption") struct ResumptionTests {
  private let ask: JSONValue = ["realtimeInput": ["text": "Hello"]]
  private let asked: JSONObject = ["sessionResumption": [:]]

  private func handles(_ driver: Driver) -> [String] {
    driver.frames.compactMap { $0["sessionResumptionUpdate"]?["newHandle"]?.string }
  }

  /// A session that was set up, had a turn, and was closed.
  private func closed(settings: SessionSettings? = nil) -> Driver {
    var driver = Driver(settings: settings)
    driver.setUp(asked)
    driver.send(ask)
    driver.run()
    driver.close()
    return driver
  }

  private func resume(_ handle: String, model: String = "models/gemini-3.8-live", on old: Driver)
    -> Driver
  {
    var driver = old.reconnected()
    driver.setUp(["sessionResumption": ["handle": .string(handle)]], model: model)
    return driver
  }

  @Test func `a handle comes after set-up and after each turn`() {
    let driver = closed()
    #expect(handles(driver).count == 2)
    #expect(Set(handles(driver)).count == 2)
    #expect(driver.frames.last?["sessionResumptionUpdate"]?["resumable"] == true)
  }

  @Test func `the newest handle leads back to the session and its context`() {
    let old = closed()
    var driver = resume(handles(old)[1], on: old)
    #expect(driver.frames.first == ["setupComplete": [:]])
    #expect(handles(driver).count == 1)
    #expect(driver.outputs.contains(.converse(.following(handles(old)[1]))))
    driver.forget()
    driver.send(ask)
    driver.run()
    // Two tokens of the first connection, two of this one.
    #expect(driver.frames.first?["usageMetadata"]?["promptTokenCount"] == 4)
  }

  @Test func `handles are named for the scenario, which goes on from them`() {
    let driver = closed()
    let remembered = driver.outputs.compactMap { output in
      if case .remember(let name) = output { name } else { nil }
    }
    #expect(remembered == handles(driver))
  }

  @Test func `a stale handle is not found`() {
    let old = closed()
    #expect(
      resume(handles(old)[0], on: old).closes == [
        .close(.policyViolation, "BidiGenerateContent session not found")
      ])
  }

  @Test func `a handle that was never given out is not found, and a mangled one is invalid`() {
    let old = closed()
    #expect(
      resume("00000000-0000-0000-0000-000000000000", on: old).closes == [
        .close(.policyViolation, "BidiGenerateContent session not found")
      ])
    #expect(
      resume("no handle!", on: old).closes == [.close(.invalidPayload, "Invalid session handle")])
  }

  @Test func `handles expire two hours after the connection ended`() {
    for (passed, closes) in [(7199, 0), (7200, 1)] {
      var old = closed()
      old.run(for: .seconds(passed))
      let driver = resume(handles(old)[1], on: old)
      #expect(driver.closes.count == closes)
      if closes == 1 {
        #expect(driver.closes == [.close(.policyViolation, "Requested entity was not found.")])
      }
    }
  }

  @Test func `while the old connection is open nobody gets the session`() {
    var old = Driver()
    old.setUp(asked)
    let driver = resume(handles(old)[0], on: old)
    #expect(driver.closes == [.close(.internalError, "Internal error encountered.")])
    #expect(driver.explanations.last?.contains("still open") == true)
  }

  @Test func `a session resumes with its model only`() {
    let old = closed()
    #expect(
      resume(handles(old)[1], model: "models/gemini-2.0-flash-live-001", on: old).closes == [
        .close(.internalError, "Internal error encountered.")
      ])
  }

  @Test func `a session that was closed by the service resumes`() {
    var old = Driver()
    old.setUp(asked)
    old.direct(.goAway(.seconds(1)))
    old.run(for: .seconds(1))
    #expect(old.closes.count == 1)
    let driver = resume(handles(old)[0], on: old)
    #expect(driver.closes.isEmpty)
  }

  @Test func `a session goes on from connection to connection`() {
    var driver = closed()
    for _ in 0..<3 {
      guard let handle = handles(driver).last else { break }
      driver = resume(handle, on: driver)
      driver.send(ask)
      driver.run()
      driver.close()
      #expect(handles(driver).count == 2)
    }
  }

  @Test func `while a blocking call is pending there is nothing to resume from`() {
    var driver = Driver(answers: [[.call([ToolCall(name: "f")]), .awaitResults]])
    driver.setUp(
      [
        "sessionResumption": [:],
        "tools": [["functionDeclarations": [["name": "f", "behavior": "BLOCKING"]]]],
      ])
    driver.send(ask)
    driver.run()
    #expect(driver.frames.last == ["sessionResumptionUpdate": [:]])
  }

  @Test func `handles come while audio streams, at most every second and a half`() {
    var driver = Driver.ready(asked)
    for _ in 0..<40 {
      driver.hear(100, peak: 0)
      driver.run(for: .milliseconds(100))
    }
    #expect(handles(driver).count == 2)
  }

  @Test func `unasked they come only where the scenario says so`() {
    var silent = Driver()
    silent.setUp()
    #expect(handles(silent).isEmpty)
    var settings = SessionSettings()
    settings.options = ["resumption_updates": .word("always")]
    var driver = Driver(settings: settings)
    driver.setUp()
    #expect(handles(driver).count == 1)
  }

  @Test func `in transparent mode updates say what was consumed, across connections`() {
    let request = Request(
      target: "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent",
      headers: [Header("Authorization", "Bearer k")])
    func indexes(_ driver: Driver) -> [String] {
      driver.frames.compactMap {
        $0["sessionResumptionUpdate"]?["lastConsumedClientMessageIndex"]?.string
      }
    }
    var driver = Driver(request)
    driver.setUp(["sessionResumption": ["transparent": true]])
    #expect(driver.frames.first?["setupComplete"]?["sessionId"]?.string?.isEmpty == false)
    driver.send(ask)
    driver.run()
    driver.close()
    #expect(indexes(driver) == ["0", "1"])
    let handle = handles(driver)[1]
    driver = driver.reconnected(request)
    driver.setUp(["sessionResumption": ["transparent": true, "handle": .string(handle)]])
    driver.send(ask)
    driver.run()
    #expect(indexes(driver) == ["1", "2"])
  }

  @Test func `transparent mode exists on Vertex only`() {
    var driver = Driver()
    driver.setUp(["sessionResumption": ["transparent": true]])
    #expect(driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
  }

  @Test func `another key finds no session`() {
    let old = closed()
    var driver = Driver(
      Request(target: Driver.path, headers: [Header("x-goog-api-key", "other")]))
    driver.setUp(["sessionResumption": ["handle": .string(handles(old)[1])]])
    #expect(driver.closes.count == 1)
  }
}
