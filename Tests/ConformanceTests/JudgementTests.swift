import Conformance
import JSON
import OpenAIRealtime
import Reports
import Scenarios
import Testing

/// One run against one requirement, as a server writes it down.
@Suite("Conformance: judgements") struct JudgementTests {
  private static let id = "openai-realtime/turns/x"
  private static let good = Command(words: ["driver"], ending: .exited(0), seconds: 1)
  private static let opening =
    #"{"at":0.0,"from":"client","open":{"protocol":"openai-realtime","target":"/v1/realtime"}}"#

  private static func finding(_ kind: String) -> String {
    #"{"at":0.5,"finding":"\#(kind)","transcript":"t.jsonl","scenario":"\#(id)","text":"words"}"#
  }

  private static func judge(
    _ findings: [String] = [], messages: [String] = [], more: String = "",
    command: Command? = good, report: DriverReport = .nothing, baseline: Baseline = Baseline()
  ) -> Judgement {
    let item = Cases.make(id, more: more)
    let lines = [opening] + messages.map { #"{"at":0.1,"from":"server","message":\#($0)}"# }
    let record = RunRecord(files: [
      ("t.jsonl", lines.map { Array($0.utf8) }),
      ("findings.jsonl", ([finding("opened")] + findings).map { Array($0.utf8) }),
    ])
    return Judgement(
      item, planned: PlannedScenario(name: id, file: "x.yaml", steps: []), record: record,
      run: .init(command: command, report: report), baseline: baseline,
      protocols: [OpenAIRealtime.wireProtocol])
  }

  @Test func `nothing wrong passes`() {
    #expect(Self.judge().outcome == .passed)
    #expect(Self.judge(command: nil).outcome == .passed)
  }

  @Test(arguments: ["unmet", "late", "missing", "refused", "unplayed", "unexpected", "left"])
  func `what a scenario finds out is the client's fault`(kind: String) {
    let judgement = Self.judge([Self.finding(kind)])
    #expect(judgement.outcome == .failed)
    #expect(judgement.problems.map(\.kind) == [kind])
  }

  @Test func `what the scenario provokes is forgiven`() {
    let more = "  forgive: [refused, unplayed]"
    #expect(Self.judge([Self.finding("refused")], more: more).outcome == .passed)
    #expect(Self.judge([Self.finding("late")], more: more).outcome == .failed)
  }

  @Test func `a client that never came is not forgiven`() {
    let judgement = Judgement(
      Cases.make(Self.id, more: "  forgive: [refused, unplayed]"),
      planned: PlannedScenario(name: Self.id, file: "x.yaml", steps: []),
      record: RunRecord(files: []), run: .init(command: Self.good, report: .nothing),
      baseline: Baseline(), protocols: [])
    #expect(judgement.problems.map(\.kind) == ["unplayed"])
  }

  @Test func `a driver that ends badly is at fault`() {
    let crashed = Command(words: ["driver"], ending: .exited(1), seconds: 1)
    #expect(Self.judge(command: crashed).problems.map(\.text) == ["the command exited with 1"])
    let late = Command(words: ["driver"], ending: .timedOut(after: .seconds(30)), seconds: 30)
    #expect(Self.judge(command: late).problems.map(\.kind) == ["timeout"])
  }

  @Test func `a report must be as the requirement wants it`() {
    let wanted = "  report: {answers: 1}"
    #expect(Self.judge(more: wanted).problems.map(\.text) == ["the driver reports nothing"])
    #expect(
      Self.judge(more: wanted, report: .said(["answers": 2])).problems.map(\.text) == [
        "the driver reports otherwise: answers: expected 1, but found 2"
      ])
    #expect(Self.judge(more: wanted, report: .said(["answers": 1])).outcome == .passed)
    #expect(Self.judge(more: wanted, command: nil).outcome == .passed)
  }

  @Test func `the last object on stdout is the report`() {
    let output = "starting\n{\"answers\": 1}\n{\"answers\": 2}\n[3]\nbye\n"
    #expect(DriverReport(output: Array(output.utf8)) == .said(["answers": 2]))
    #expect(DriverReport(output: Array("nothing\n".utf8)) == .nothing)
  }

  @Test func `what mockgem does wrong voids the requirement, whatever the client did`() {
    let wrong = #"{"type":"response.done","event_id":"e","response":{"id":"r","output":[]}}"#
    let judgement = Self.judge([Self.finding("unmet")], messages: [wrong])
    #expect(judgement.outcome == .void)
    #expect(judgement.problems.first?.text.contains("it is not open") == true)
    let result = ConformanceResult([judgement])
    #expect(result.isVoid)
    #expect(!result.isPass)
  }

  @Test func `what the scenario writes itself is not held against mockgem`() {
    let wrong = #"{"type":"response.done","event_id":"e","response":{"id":"r","output":[]}}"#
    let judgement = Self.judge(messages: [wrong], more: "faults: [{duplicate: {}}]")
    #expect(judgement.outcome == .passed)
  }

  @Test func `an expected failure counts as none, and an expected failure that passes does`() {
    let baseline = Baseline(text: Self.id, file: "known.txt")
    let failing = Self.judge([Self.finding("unmet")], baseline: baseline)
    #expect(failing.outcome == .expected)
    #expect(failing.check.isPass)
    #expect(failing.check.isWaived)
    let passing = Self.judge(baseline: baseline)
    #expect(passing.outcome == .stale)
    #expect(!passing.check.isPass)
    let result = ConformanceResult([failing, passing])
    #expect(!result.isPass)
    #expect(ConformanceResult([failing]).isPass)
  }

  @Test func `reports have a suite for each section and a check for each requirement`() {
    let baseline = Baseline(text: Self.id, file: "known.txt")
    let result = ConformanceResult([
      Self.judge(), Self.judge([Self.finding("late")]),
      Self.judge([Self.finding("late")], baseline: baseline),
    ])
    let verdict = result.verdict(of: nil)
    #expect(verdict.suites.map(\.name) == ["openai-realtime/turns"])
    #expect(verdict.suites.first?.checks.count == 3)
    #expect(
      verdict.junit.contains(
        #"<testsuite name="openai-realtime/turns" tests="3" failures="1" errors="0" skipped="1""#))
    #expect(verdict.junit.contains(#"<skipped message="expected: words"/>"#))
    #expect(verdict.tap.contains("# TODO an expected failure"))
    #expect(
      result.summary.hasPrefix("openai-realtime/turns  1 passed, 1 failed, 1 failed as expected"))
  }
}
