import Diagnostics
import JSON
import Reports
import Testing
import Transcripts

/// A run as a server writes it down.
enum Runs {
  static let scenario = PlannedScenario(
    name: "Hello", file: "hello.yaml",
    steps: [
      .init(words: "await: user", location: SourceLocation(file: "hello.yaml", line: 3, column: 3)),
      .init(words: "say", location: SourceLocation(file: "hello.yaml", line: 4, column: 3)),
    ])

  static let transcript = [
    #"{"at":0.0,"from":"client","open":{"protocol":"plain","target":"/plain"}}"#,
    #"{"at":0.5,"from":"client","message":{"type":"append","audio":{"rate":24000,"ms":100,"bytes":4800,"digest":"d1"}}}"#,
    #"{"at":1.25,"from":"server","message":{"type":"done"}}"#,
    #"{"at":1.5,"from":"client","close":{"code":1000,"reason":""}}"#,
  ]

  static func finding(_ kind: String, _ more: String = "", transcript: String = "plain-1.jsonl")
    -> String
  {
    #"{"at":0.5,"finding":"\#(kind)","transcript":"\#(transcript)","scenario":"Hello"\#(more)}"#
  }

  static func record(_ findings: [String], transcript lines: [String] = transcript) -> RunRecord {
    RunRecord(files: [
      ("findings.jsonl", findings.map { Array($0.utf8) }),
      ("plain-1.jsonl", lines.map { Array($0.utf8) }),
    ])
  }

  /// One that met an expectation, missed another, and was refused something.
  static let failed = Verdict(
    record([
      finding("opened"),
      finding("met", #","file":"hello.yaml","line":3,"column":3,"text":"it is as expected""#),
      finding("refused", #","text":"a <b> & \"c\"""#),
      finding(
        "unmet",
        #","file":"hello.yaml","line":5,"column":3,"text":"x: expected 1, but found 2","hint":"send 1""#
      ),
    ]), scenarios: [scenario],
    command: Command(words: ["sh", "-c", "exit 3"], ending: .exited(3), seconds: 2.5))

  static let passed = Verdict(
    record([finding("opened")]), scenarios: [scenario],
    command: Command(words: ["true"], ending: .exited(0), seconds: 0.1))
}

@Suite("Verdict") struct VerdictTests {
  @Test func `a run without complaints passes`() {
    #expect(Runs.passed.isPass)
    #expect(Runs.passed.checks.map(\.name) == ["plain-1", "true"])
  }

  @Test func `every expectation is a check, and what else was wrong belongs to the connection`() {
    #expect(!Runs.failed.isPass)
    #expect(
      Runs.failed.checks.map { "\($0.name) \($0.problems.map(\.kind))" } == [
        #"plain-1 ["refused"]"#, "plain-1: hello.yaml:3:3 []",
        #"plain-1: hello.yaml:5:3 ["unmet"]"#, #"sh -c 'exit 3' ["command"]"#,
      ])
  }

  @Test func `a scenario that nobody opened fails`() {
    let verdict = Verdict(RunRecord(files: []), scenarios: [Runs.scenario])
    #expect(verdict.checks.map(\.name) == ["is played"])
    #expect(!verdict.isPass)
  }

  @Test func `requests that belong to no connection fail their scenario`() {
    let stray = #"{"at":0,"finding":"unexpected","transcript":null,"scenario":"Hello","text":"?"}"#
    let verdict = Verdict(
      Runs.record([Runs.finding("opened"), stray]), scenarios: [Runs.scenario])
    #expect(verdict.checks.filter { !$0.isPass }.map(\.name) == ["requests"])
  }

  @Test func `over requests and answers the exchanges together must play every step`() {
    let exchange = [
      #"{"at":0.0,"from":"client","open":{"protocol":"plain","target":"/plain","method":"POST"}}"#,
      #"{"at":0.1,"from":"server","answer":{"status":200}}"#,
    ]
    let played = Runs.finding("played", #","file":"hello.yaml","line":3,"column":3"#)
    let verdict = Verdict(
      Runs.record([Runs.finding("opened"), played], transcript: exchange),
      scenarios: [Runs.scenario])
    #expect(
      verdict.checks.flatMap(\.problems).map(\.text) == ["'say' was not played"])
  }

  @Test func `a connection is summed up`() {
    #expect(
      Runs.failed.connections[0].summary.words
        == "1.5 s, 1 messages in (100 ms of audio), 1 out, closed 1000 by the client")
  }

  @Test(arguments: [
    (Command.Ending.exited(0), true), (.exited(2), false), (.signalled(9), false),
    (.timedOut(after: .seconds(90)), false),
  ])
  func `the command must exit with 0`(ending: Command.Ending, isPass: Bool) {
    let verdict = Verdict(
      RunRecord(files: []), scenarios: [],
      command: Command(words: ["x"], ending: ending, seconds: 1))
    #expect(verdict.isPass == isPass)
  }

  @Test func `lines that are broken are passed over`() {
    let record = RunRecord(files: [
      ("findings.jsonl", [Array("{".utf8), Array("[]".utf8), Array(#"{"finding":"new"}"#.utf8)]),
      ("a.jsonl", [Array("no".utf8)]),
    ])
    #expect(Verdict(record, scenarios: []).isPass)
  }
}
