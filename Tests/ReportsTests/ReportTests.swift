import JSON
import Reports
import Testing

@Suite("Reports") struct ReportTests {
  @Test func `text tells what failed and what to do`() {
    #expect(
      Runs.failed.text() == """
        Hello (hello.yaml)
          FAIL  plain-1: 1.5 s, 1 messages in (100 ms of audio), 1 out, closed 1000 by the client
                refused: a <b> & "c"
          ok    plain-1: hello.yaml:3:3
          FAIL  plain-1: hello.yaml:5:3
                hello.yaml:5:3: unmet: x: expected 1, but found 2
                hint: send 1
        command
          FAIL  sh -c 'exit 3'
                command: the command exited with 3
        failed: 1 passed, 3 failed
        """)
  }

  @Test func `colours are there for a terminal alone`() {
    #expect(Runs.failed.text(isColored: true).contains("\u{1B}[31mFAIL\u{1B}[0m"))
    #expect(!Runs.failed.text().contains("\u{1B}"))
  }

  @Test func `JUnit has a case for each check`() {
    #expect(
      Runs.failed.junit == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="mockgem" tests="4" failures="3" errors="0" time="4.000">
          <testsuite name="Hello" tests="3" failures="2" errors="0" skipped="0" time="1.500">
            <testcase name="plain-1" classname="Hello" time="1.500">
              <failure message="a &lt;b&gt; &amp; &quot;c&quot;" type="refused">refused: a &lt;b&gt; &amp; &quot;c&quot;</failure>
            </testcase>
            <testcase name="plain-1: hello.yaml:3:3" classname="Hello" time="0.000"/>
            <testcase name="plain-1: hello.yaml:5:3" classname="Hello" time="0.000">
              <failure message="x: expected 1, but found 2" type="unmet">hello.yaml:5:3: unmet: x: expected 1, but found 2&#10;hint: send 1</failure>
            </testcase>
          </testsuite>
          <testsuite name="command" tests="1" failures="1" errors="0" skipped="0" time="2.500">
            <testcase name="sh -c 'exit 3'" classname="command" time="2.500">
              <failure message="the command exited with 3" type="command">command: the command exited with 3</failure>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func `what XML cannot hold is replaced`() {
    let verdict = Verdict(
      RunRecord(files: []), scenarios: [],
      command: Command(words: ["a\u{1}\u{1B}b\u{FFFE}"], ending: .exited(0), seconds: 0))
    #expect(verdict.junit.contains("a\u{FFFD}\u{FFFD}b\u{FFFD}"))
  }

  @Test func `TAP has a point for each check`() {
    #expect(
      Runs.failed.tap.hasPrefix(
        """
        TAP version 14
        1..4
        not ok 1 - Hello: plain-1
          ---
          severity: fail
          problems:
            - kind: refused
              message: "a <b> & \\"c\\""
          ...
        ok 2 - Hello: plain-1: hello.yaml:3:3

        """))
  }

  @Test func `JSON keeps verdict and exit code apart`() {
    let json = Runs.failed.json
    #expect(json["pass"] == false)
    #expect(json["command"]?["exit"] == 3)
    #expect(json["suites"]?.array?.first?["checks"]?.array?.count == 3)
    #expect(json["connections"]?.array?.first?["ending"] == "closed 1000 by the client")
  }

  @Test func `GitHub sees each problem where it stands`() {
    let lines = Runs.failed.githubAnnotations.split(separator: "\n")
    #expect(
      lines[1]
        == "::error file=hello.yaml,line=5,col=3,title=Hello%3A plain-1%3A hello.yaml%3A5%3A3"
        + "::unmet: x: expected 1, but found 2 (send 1)")
    #expect(Runs.failed.githubSummary.contains("| ❌ | Hello | plain-1 | refused: a &lt;b>"))
    #expect(Runs.passed.githubAnnotations == "")
  }
}
