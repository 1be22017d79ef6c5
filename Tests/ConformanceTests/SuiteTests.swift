import Conformance
import Diagnostics
import OpenAIRealtime
import Scenarios
import Testing
import YAMLFiles

/// Requirements made up for these tests.
enum Cases {
  static func make(_ id: String, level: String = "must", more: String = "") -> ConformanceCase {
    let text = """
      mockgem: 1
      requirement:
        level: \(level)
        text: A client does it.
        source: RFC 0000, 1
        task: {turns: [Hello.]}
      \(more)
      steps:
      - await: user
      """
    let document = try? YAMLFile.parse(Array(text.utf8), file: "\(id).yaml")
    let reading = document.map {
      ScenarioReader.read($0, protocols: [OpenAIRealtime.wireProtocol])
    }
    guard var scenario = reading?.scenario else {
      preconditionFailure("\(reading?.diagnostics ?? [])")
    }
    scenario.name = id
    guard let item = ConformanceCase(id: id, scenario: scenario) else {
      preconditionFailure("no requirement")
    }
    return item
  }
}

@Suite("Conformance: suites") struct SuiteTests {
  private let suite = ConformanceSuite([
    Cases.make("b/zeta/x"), Cases.make("b/tools/x"), Cases.make("b/connection/y"),
    Cases.make("b/connection/x", level: "should"), Cases.make("a/errors/x"),
  ])

  @Test func `sections come in the order of a specification`() {
    #expect(
      suite.cases.map(\.id) == [
        "a/errors/x", "b/connection/x", "b/connection/y", "b/tools/x", "b/zeta/x",
      ])
  }

  @Test func `a prefix chooses whole words, and SHOULD only when asked for`() {
    #expect(suite.selection(of: ["b/connection"], isStrict: false).cases.map(\.id).count == 1)
    #expect(suite.selection(of: ["b/connection/"], isStrict: true).cases.count == 2)
    #expect(suite.selection(of: ["b/conn"], isStrict: true).cases.isEmpty)
    #expect(suite.selection(of: [], isStrict: true).cases.count == 5)
    #expect(suite.selection(of: ["a", "b/zeta/x"], isStrict: false).cases.count == 2)
  }

  @Test func `a list reads like a specification`() {
    let text = suite.selection(of: ["b/connection"], isStrict: true).text
    #expect(
      text == """
        b/connection
          b/connection/x
            SHOULD: A client does it.
            RFC 0000, 1
          b/connection/y
            MUST: A client does it.
            RFC 0000, 1
        """)
  }

  @Test func `each has a key of its own`() {
    #expect(suite.cases.map(\.key).first == "conform.a.errors.x")
    #expect(Set(suite.cases.map(\.key)).count == suite.cases.count)
  }

  @Test func `a baseline holds a name a line, and words behind a number sign`() {
    let baseline = Baseline(text: "# known\n\na/errors/x  # since 3.1\nc/d\n", file: "known.txt")
    #expect(baseline.location(of: "a/errors/x") == SourceLocation(file: "known.txt", line: 3))
    #expect(baseline.location(of: "# known") == nil)
    #expect(
      baseline.unknown(among: ["a/errors/x", "c/e"]).map(\.description) == [
        "known.txt:4:1: error: no requirement 'c/d'\nhint: did you mean 'c/e'?"
      ])
  }
}
