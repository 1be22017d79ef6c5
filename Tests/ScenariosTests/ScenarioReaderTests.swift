import Conversation
import Diagnostics
import JSON
import Scenarios
import Testing
import YAMLFiles

@Suite("Scenario reader") struct ScenarioReaderTests {
  private func read(_ text: String) throws -> ScenarioReader.Reading {
    ScenarioReader.read(
      try YAMLFile.parse(Array(text.utf8), file: "x.yaml"), protocols: scenarioProtocols)
  }

  private func steps(_ text: String) throws -> [Step.Action] {
    let reading = try read("mockgem: 1\nsteps:\n" + text)
    #expect(reading.diagnostics.isEmpty)
    return reading.scenario?.steps.map(\.action) ?? []
  }

  private func audio(_ path: String, _ line: Int, _ column: Int) -> FileReference {
    FileReference(path: path, location: .init(file: "x.yaml", line: line, column: column))
  }

  private func text(_ text: String) -> Template { .literal(.string(text)) }

  @Test func `reads a whole file`() throws {
    let scenario = try #require(
      try read(
        """
        mockgem: 1
        name: Hello
        seed: 42
        pace: 4x
        steps:
        - await: user
        routes:
        - {path: /echo, websocket: echo}
        """
      ).scenario)
    #expect(scenario.name == "Hello")
    #expect(scenario.seed == 42)
    #expect(scenario.pace == .times(4))
    #expect(
      scenario.steps == [
        Step(.await(Await(.user)), at: .init(file: "x.yaml", line: 6, column: 3))
      ])
    #expect(scenario.routes.map(\.isWebSocketEcho) == [true])
    #expect(scenario.routes.map(\.path) == [PathTemplate(words: ["echo"])])
  }

  @Test func `has defaults`() throws {
    let scenario = try #require(try read("mockgem: 1\nsteps:\n- await: user\n").scenario)
    #expect(scenario.name == "x.yaml")
    #expect(scenario.seed == 1)
    #expect(scenario.pace == .service)
  }

  @Test func `speech is written short or long`() throws {
    #expect(try steps("- say: Hi\n") == [.say(Saying(text: text("Hi")))])
    #expect(
      try steps("- say: Hi\n  audio: a.wav\n")
        == [.say(Saying(text: text("Hi"), audio: audio("a.wav", 4, 10)))])
    #expect(
      try steps("- say: {audio: a.wav, chunk: 1.5s}\n")
        == [.say(Saying(audio: audio("a.wav", 3, 16), chunk: .milliseconds(1500)))])
  }

  @Test func `closing is written with a code, with a reason, or with nothing`() throws {
    #expect(try steps("- close: 1011\n") == [.close(code: 1011, reason: "")])
    #expect(
      try steps("- close: {code: 4000, reason: Bye}\n") == [.close(code: 4000, reason: "Bye")])
    #expect(try steps("- close:\n") == [.close(code: nil, reason: "")])
  }

  @Test func `quoted words are text, whatever they look like`() throws {
    #expect(try steps("- say: 'null'\n") == [.say(Saying(text: text("null")))])
    #expect(try steps("- say: no\n") == [.say(Saying(text: text("no")))])
  }

  @Test(arguments: [
    ("service", Pace.service), ("realtime", .realtime), ("fast", .fast), ("0.5x", .times(0.5)),
  ])
  func `knows the paces`(word: String, pace: Pace) throws {
    #expect(try read("mockgem: 1\npace: \(word)\nsteps:\n- await: user\n").scenario?.pace == pace)
  }

  @Test func `warns of a step that never runs, and still reads the file`() throws {
    let reading = try read("mockgem: 1\nsteps:\n- close: 1000\n- say: Hi\n")
    #expect(reading.scenario != nil)
    #expect(
      reading.diagnostics.map(\.description) == [
        "x.yaml:4:3: warning: this step never runs: the connection is closed before it\n"
          + "hint: move 'close' to the end, or go on with 'await: reconnect'"
      ])
  }

  @Test func `lists each recording once, and every length of chunks`() throws {
    let text = """
      mockgem: 1
      steps:
      - say: {audio: a.wav, chunk: 100ms}
      - say: {audio: b.wav}
      - say: {audio: a.wav, chunk: 100ms}
      """
    let scenario = try #require(try read(text).scenario)
    #expect(scenario.audioReferences.map(\.path) == ["a.wav", "b.wav"])
    #expect(scenario.chunkLengths == [.milliseconds(100)])
  }
}
