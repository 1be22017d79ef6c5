import JSON
package import Transcripts

/// A report in one file, for a browser: the checks, and a time line of every connection.
///
/// Nothing is loaded from anywhere. The checks are plain HTML; a script draws the time lines out of
/// the data that stands beside it, each when it is looked at.
package struct HTMLReport: Sendable {
  private let verdict: Verdict
  private let audio: [AudioPiece]

  package init(_ verdict: Verdict, audio: [AudioPiece] = []) {
    self.verdict = verdict
    self.audio = audio
  }

  package var bytes: [UInt8] {
    var bytes = Array(head.utf8)
    writeData(into: &bytes)
    bytes += Array("</script>\n<script>\n\(HTMLScript.text)</script>\n</body>\n</html>\n".utf8)
    return bytes
  }

  private var head: String {
    let word = verdict.isPass ? "passed" : "failed"
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <title>mockgem: \(word)</title>
      <style>
      \(HTMLStyle.text)</style>
      </head>
      <body>
      <header>
      <h1>mockgem <span class="badge \(verdict.isPass ? "good" : "bad")">\(word)</span></h1>
      <p>\(verdict.passedCount) passed, \(verdict.failedCount) failed\(commandWords)</p>
      </header>
      <main>
      <h2>Checks</h2>
      \(verdict.suites.map(HTMLReport.section).joined(separator: "\n"))
      <h2>Connections</h2>
      <div id="connections"><noscript>The time lines need JavaScript.</noscript></div>
      </main>
      <aside id="detail" hidden></aside>
      <script type="application/json" id="data">
      """
  }

  private var commandWords: String {
    guard let command = verdict.command else { return "" }
    let words = "\(command.endingWords) in \(Text.seconds(command.seconds))"
    return " · <code>\(XML.escaped(command.line))</code> \(words)"
  }

  /// The checks of a suite: what failed stands open, what passed is folded away.
  private static func section(_ suite: Verdict.Suite) -> String {
    let failed = suite.checks.filter { !$0.isPass }
    let passed = suite.checks.filter(\.isPass)
    let file = suite.file.map { " <small>\(XML.escaped($0))</small>" } ?? ""
    var parts = ["<section>", "<h3>\(XML.escaped(suite.name))\(file)</h3>"]
    if !failed.isEmpty { parts.append("<ul>\(failed.map(item).joined())</ul>") }
    if !passed.isEmpty {
      parts.append(
        "<details><summary>\(passed.count) passed</summary>"
          + "<ul>\(passed.map(item).joined())</ul></details>")
    }
    return (parts + ["</section>"]).joined(separator: "\n")
  }

  private static func item(_ check: Verdict.Check) -> String {
    let problems = check.problems.map { problem in
      let place = problem.location.map { "<code>\(XML.escaped("\($0)"))</code> " } ?? ""
      let hint = problem.hint.map { "<p class=\"hint\">\(XML.escaped($0))</p>" } ?? ""
      return "<div class=\"problem\">\(place)<b>\(XML.escaped(problem.kind))</b> "
        + "<span>\(XML.escaped(problem.text))</span>\(hint)</div>"
    }
    let sign = check.isPass ? "<i class=\"good\">✓</i>" : "<i class=\"bad\">✗</i>"
    return "<li>\(sign) \(XML.escaped(check.name))\(problems.joined())</li>"
  }

  /// What the script draws. `<` is written as an escape, so that nothing ends the element early.
  private func writeData(into bytes: inout [UInt8]) {
    let start = bytes.count
    bytes += Array(#"{"connections":["#.utf8)
    for (index, connection) in verdict.connections.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += HTMLReport.data(of: connection).encoded
    }
    bytes += Array(#"],"audio":{"#.utf8)
    for (index, piece) in audio.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += JSONValue.string(piece.digest).encoded
      bytes += Array(#":{"rate":\#(piece.rate),"base64":"\#(piece.base64)"}"#.utf8)
    }
    bytes += Array("}}".utf8)
    let plain = Array(bytes[start...])
    bytes.removeSubrange(start...)
    let escape = Array("\\u003c".utf8)
    for (index, part) in plain.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false)
      .enumerated()
    {
      if index > 0 { bytes += escape }
      bytes += part
    }
  }

  private static func data(of connection: Connection) -> JSONValue {
    [
      "title": .string(connection.title), "scenario": .string(connection.scenario),
      "summary": .string(connection.summary.words),
      "seconds": .double(connection.summary.seconds),
      "pass": .bool(connection.notes.allSatisfy { !$0.isFailure }),
      "lines": .array(connection.transcript.lines),
      "notes": .array(connection.notes.map(data)),
    ]
  }

  private static func data(of note: Note) -> JSONValue {
    [
      "at": .double(note.at), "kind": .string(note.kind), "text": .string(note.text),
      "hint": .optional(note.hint), "place": .optional(note.location.map { "\($0)" }),
      "fail": .bool(note.isFailure),
    ]
  }
}
