import Diagnostics
import JSON
package import Transcripts

/// One connection or exchange of a run: its lines, what was found out, and a summary.
package struct Connection: Sendable {
  /// The name of its transcript.
  package let name: String
  package let transcript: Transcript
  package private(set) var notes: [Note] = []
  package private(set) var scenario = ""
  package let summary: Summary

  init(_ name: String, lines: [[UInt8]]) {
    self.name = name
    transcript = Transcript(lines: lines.compactMap { try? JSONValue(parsing: $0) })
    summary = Summary(transcript)
  }

  mutating func add(_ note: Note) {
    notes.append(note)
    scenario = note.scenario
  }

  package var isExchange: Bool { summary.method != nil }

  /// Such as `openai-realtime-3`.
  package var title: String { name.hasSuffix(".jsonl") ? String(name.dropLast(6)) : name }

  /// One check for the connection as a whole, and one for everything that was expected on it.
  var checks: [Verdict.Check] {
    let failures = notes.filter { $0.isFailure && !$0.isExpectation }
    let whole = Verdict.Check(
      name: title, location: failures.first { $0.location != nil }?.location,
      seconds: summary.seconds, problems: failures.map(\.problem))
    let expectations = notes.filter(\.isExpectation).map { note in
      Verdict.Check(
        name: "\(title): \(note.location.map { "\($0)" } ?? note.text)", location: note.location,
        seconds: nil, problems: note.isFailure ? [note.problem] : [])
    }
    return [whole] + expectations
  }

  /// What happened on a connection, in numbers.
  package struct Summary: Hashable, Sendable {
    package var protocolName = ""
    package var target = ""
    /// The method of an exchange; nil for a WebSocket.
    package var method: String?
    package var seconds = 0.0
    package var clientMessages = 0
    package var serverMessages = 0
    /// Milliseconds of audio.
    package var clientAudio = 0
    package var serverAudio = 0
    /// How it ended, such as `closed 1000 by the client`.
    package var ending = "still open"

    init(_ transcript: Transcript) {
      for line in transcript.lines {
        seconds = max(seconds, line["at"]?.double ?? 0)
        add(line, isClient: line["from"] == "client")
      }
    }

    private mutating func add(_ line: JSONValue, isClient: Bool) {
      if let open = line["open"] {
        protocolName = open["protocol"]?.string ?? ""
        target = open["target"]?.string ?? ""
        method = open["method"]?.string
      } else if let close = line["close"] {
        let code = close["code"]?.integer.map { String($0) } ?? "without a code"
        ending = "closed \(code) by the \(isClient ? "client" : "server")"
      } else if line["reset"] != nil {
        ending = "reset by the server"
      } else if let status = line["answer"]?["status"]?.integer {
        ending = "answered \(status)"
      } else if let message = line["message"] ?? line["binary"] ?? line["stream"] {
        let audio = TranscriptEvent.audio(in: message)
        if isClient {
          clientMessages += 1
          clientAudio += audio
        } else {
          serverMessages += 1
          serverAudio += audio
        }
      }
    }

    /// One line for people.
    package var words: String {
      if let method { return "\(method) \(target), \(ending)" }
      var words = "\(Text.seconds(seconds)), \(clientMessages) messages in"
      if clientAudio > 0 { words += " (\(Text.milliseconds(clientAudio)) of audio)" }
      words += ", \(serverMessages) out"
      if serverAudio > 0 { words += " (\(Text.milliseconds(serverAudio)) of audio)" }
      return "\(words), \(ending)"
    }
  }
}

/// How numbers are said.
enum Text {
  static func seconds(_ seconds: Double) -> String { milliseconds(Int((seconds * 1000).rounded())) }

  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return milliseconds(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
  }

  /// `850 ms`, and `12.3 s` from a second on.
  static func milliseconds(_ milliseconds: Int) -> String {
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    let tenths = (milliseconds + 50) / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }

  /// With three digits behind the point, as report formats have it.
  static func decimal(_ seconds: Double) -> String {
    let milliseconds = max(0, Int((seconds * 1000).rounded()))
    let digits = String(milliseconds % 1000)
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }
}
