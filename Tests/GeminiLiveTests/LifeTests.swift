import Audio
import Conversation
import GeminiLive
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini Live: the life of a session") struct LifeTests {
  private let ask: JSONValue = ["realtimeInput": ["text": "Hello"]]
  private let ignored = Output.close(
    .policyViolation,
    "Connection aborted because the client failed to close the connection after receiving a GoAway "
      + "signal once the session durat")

  private func settings(
    _ options: [String: SettingValue], pace: Pace = .service
  ) -> SessionSettings {
    SessionSettings(pace: pace, options: options)
  }

  @Test func `goAway comes after nine minutes, and the close fifty seconds later`() {
    var driver = Driver.ready()
    let begun = Instant.start + .milliseconds(130)
    driver.run(until: begun + .seconds(540) + .milliseconds(-1))
    #expect(driver.outputs.isEmpty)
    driver.run(until: begun + .seconds(540))
    #expect(driver.frames == [["goAway": ["timeLeft": "50s"]]])
    driver.run(until: begun + .seconds(590) + .milliseconds(-1))
    #expect(driver.closes.isEmpty)
    driver.run(until: begun + .seconds(590))
    #expect(driver.closes == [ignored])
  }

  @Test func `a limit of the scenario's, at the scenario's pace`() {
    var driver = Driver(
      settings: settings(
        ["connection_limit": .duration(.seconds(60)), "go_away": .duration(.seconds(10))],
        pace: .times(60)))
    driver.send(["setup": ["model": "models/gemini-3.8-live"]])
    driver.run(until: .start + .milliseconds(900))
    #expect(driver.closes.isEmpty)
    driver.run(until: .start + .milliseconds(1100))
    #expect(driver.frames.last == ["goAway": ["timeLeft": "10s"]])
    #expect(driver.closes == [ignored])
  }

  @Test func `a session may be limited over all its connections`() {
    let limited = settings(["session_limit": .duration(.seconds(600))])
    var first = Driver(settings: limited)
    first.setUp(["sessionResumption": [:]])
    let handle = first.frames[1]["sessionResumptionUpdate"]?["newHandle"] ?? nil
    first.run(for: .seconds(400))
    first.close()
    var second = first.reconnected(settings: limited)
    second.setUp(["sessionResumption": ["handle": handle]])
    second.forget()
    // The session began at 130 ms.
    second.run(until: .start + .milliseconds(600_129))
    #expect(second.frames == [["goAway": ["timeLeft": "50s"]]])
    #expect(second.closes.isEmpty)
    second.run(until: .start + .milliseconds(600_130))
    #expect(second.closes == [ignored])
  }

  @Test func `a compressed session has no limit of its own`() {
    var driver = Driver.ready(
      ["contextWindowCompression": ["slidingWindow": [:]]],
      settings: settings(["session_limit": .duration(.seconds(200))]))
    driver.run(for: .seconds(500))
    #expect(driver.outputs.isEmpty)
  }

  @Test func `where nothing waits, limits still do`() {
    var driver = Driver.ready(pace: .fast)
    driver.run(for: .seconds(500))
    #expect(driver.outputs.isEmpty)
  }

  @Test func `a scenario announces the end, and keeps its word`() {
    var driver = Driver.ready()
    driver.direct(.goAway(.milliseconds(1500)))
    #expect(driver.frames == [["goAway": ["timeLeft": "1.500s"]]])
    #expect(driver.outputs.last == .performed)
    driver.run(for: .milliseconds(1499))
    #expect(driver.closes.isEmpty)
    driver.run(for: .milliseconds(1))
    #expect(driver.closes == [ignored])
    #expect(driver.explanations.last?.contains("stayed after 'goAway'") == true)
  }

  @Test func `the model goes on after goAway`() {
    let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 4800))
    var driver = Driver.ready(answers: [[.say(Speech(audio: clip))]])
    driver.direct(.goAway(.seconds(10)))
    driver.send(ask)
    driver.run(for: .seconds(2))
    #expect(driver.frames.last?["serverContent"] == ["turnComplete": true])
  }

  @Test func `a context that is full ends the session, unless it is compressed`() {
    let options = settings(["context_window": .integer(100)])
    let text = String(repeating: "word", count: 60)
    var driver = Driver.ready(settings: options)
    driver.send(["realtimeInput": ["text": .string(text)]])
    driver.run()
    #expect(driver.closes.isEmpty)
    driver.send(["realtimeInput": ["text": .string(text)]])
    #expect(driver.closes == [ignored])

    var compressed = Driver.ready(
      ["contextWindowCompression": ["slidingWindow": [:]]], settings: options)
    for _ in 0..<3 {
      compressed.send(["realtimeInput": ["text": .string(text)]])
      compressed.run()
    }
    #expect(compressed.closes.isEmpty)
    // 60, then 120 that are over the trigger of 80 and shrink to 40, then 100 that shrink again.
    let prompts = compressed.frames.compactMap {
      $0["usageMetadata"]?["promptTokenCount"]?.integer
    }
    #expect(prompts == [60, 40, 40])
  }

  @Test func `a compression that never ends is refused`() {
    var driver = Driver()
    driver.setUp([
      "contextWindowCompression": [
        "triggerTokens": "100", "slidingWindow": ["targetTokens": "100"],
      ]
    ])
    #expect(driver.closes == [.close(.invalidPayload, "Request contains an invalid argument.")])
  }

  @Test func `video counts by the frame, and too many a second are advised against`() {
    var driver = Driver.ready()
    let frame: JSONValue = [
      "realtimeInput": ["video": ["mimeType": "image/jpeg", "data": "AAAA"]]
    ]
    driver.send(frame)
    #expect(driver.explanations.isEmpty)
    driver.send(frame)
    #expect(driver.explanations.count == 1)
    driver.send(ask)
    driver.run()
    #expect(
      driver.frames.last?["usageMetadata"]?["promptTokensDetails"] == [
        ["modality": "TEXT", "tokenCount": 2], ["modality": "VIDEO", "tokenCount": 516],
      ])
  }

  @Test(arguments: [
    ("TURN_INCLUDES_ONLY_ACTIVITY", 0, 0), ("TURN_INCLUDES_ALL_INPUT", 10, 258),
    ("TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO", 0, 258),
  ])
  func `turnCoverage says what of the silence is read`(word: String, audio: Int, video: Int) {
    var driver = Driver.ready(["realtimeInputConfig": ["turnCoverage": .string(word)]])
    driver.hear(400, peak: 0)
    driver.send(["realtimeInput": ["video": ["mimeType": "image/jpeg", "data": "AAAA"]]])
    driver.send(ask)
    driver.run()
    let prompt = driver.frames.last?["usageMetadata"]?["promptTokenCount"]?.integer
    #expect(prompt == 2 + audio + video)
  }
}
