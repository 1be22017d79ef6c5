/// The command that was run against the server, and how it ended.
package struct Command: Hashable, Sendable {
  package enum Ending: Hashable, Sendable {
    case exited(Int)
    case signalled(Int)
    case timedOut(after: Duration)
  }

  package let words: [String]
  package let ending: Ending
  /// How long it ran, in seconds.
  package let seconds: Double

  package init(words: [String], ending: Ending, seconds: Double) {
    self.words = words
    self.ending = ending
    self.seconds = seconds
  }

  /// As a person would type it.
  package var line: String {
    words.map { word in
      let isPlain = word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        case let byte: "-_./=:,@%+".utf8.contains(byte)
        }
      }
      return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }.joined(separator: " ")
  }

  /// Such as `exited with 1`.
  package var endingWords: String {
    switch ending {
    case .exited(let code): "exited with \(code)"
    case .signalled(let number): "was ended by signal \(number)"
    case .timedOut(let limit): "was ended after the time limit of \(Text.seconds(limit))"
    }
  }

  /// Whether it ended well.
  package var check: Verdict.Check {
    var problems: [Verdict.Problem] = []
    switch ending {
    case .exited(0): break
    case .exited, .signalled:
      problems = [Verdict.Problem(kind: "command", text: "the command \(endingWords)")]
    case .timedOut:
      problems = [
        Verdict.Problem(
          kind: "timeout", text: "the command \(endingWords)",
          hint: "look what it waits for in the transcripts, or allow more with --time-limit")
      ]
    }
    return Verdict.Check(name: line, location: nil, seconds: seconds, problems: problems)
  }
}
