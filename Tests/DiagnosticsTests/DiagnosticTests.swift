import Diagnostics
import Testing

@Suite("Diagnostics") struct DiagnosticTests {
  private let place = Diagnostics.SourceLocation(file: "tool.yaml", line: 7, column: 5)

  @Test func `reads as file, line, column, severity, message, hint`() {
    let diagnostic = Diagnostic.error(
      "unknown key 'after_mesages'", at: place, hint: "did you mean 'after_messages'?")
    #expect(
      diagnostic.description
        == "tool.yaml:7:5: error: unknown key 'after_mesages'\nhint: did you mean 'after_messages'?"
    )
  }

  @Test func `has one line without a hint`() {
    #expect(Diagnostic.warning("odd", at: place).description == "tool.yaml:7:5: warning: odd")
  }

  @Test(arguments: [
    ("hard", "heard"), ("awiat", "await"), ("Say", "say"), ("colse", "close"),
  ])
  func `finds the word that was meant`(slip: String, word: String) {
    #expect(Spelling.nearest(to: slip, among: ["heard", "await", "say", "close"]) == word)
  }

  @Test func `offers the list when nothing is near`() {
    #expect(Spelling.hint(for: "zzzzzz", among: ["await", "say"]) == "known here: await, say")
    #expect(Spelling.hint(for: "sya", among: ["await", "say"]) == "did you mean 'say'?")
    #expect(Spelling.hint(for: "x", among: []) == nil)
  }
}
