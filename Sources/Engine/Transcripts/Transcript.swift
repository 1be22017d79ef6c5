package import JSON

/// A transcript as a file holds it: JSON Lines.
package struct Transcript: Hashable, Sendable {
  package let lines: [JSONValue]

  package init(lines: [JSONValue]) { self.lines = lines }

  /// Reads JSON Lines; the error names the line of the file.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var lines: [JSONValue] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      do {
        lines.append(try JSONValue(parsing: Array(line)))
      } catch {
        throw JSONError(reason: error.reason, line: index + 1, column: error.column)
      }
    }
    self.lines = lines
  }

  /// Without what differs between two runs of the same conversation.
  package var normalized: Transcript {
    var normalizer = Normalizer()
    var normal: [JSONValue] = []
    for line in lines { normal.append(normalizer.normalized(line)) }
    return Transcript(lines: normal)
  }

  /// JSON Lines, each ended by a line feed.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for line in lines { bytes += line.encoded + [UInt8(ascii: "\n")] }
    return bytes
  }
}

/// What changed between two transcripts, line by line.
package struct TranscriptDifference: Hashable, Sendable, CustomStringConvertible {
  package enum Change: Hashable, Sendable {
    /// Line numbers count from 1 in the file the line stands in.
    case missing(line: Int, JSONValue)
    case unexpected(line: Int, JSONValue)
  }

  package let changes: [Change]

  /// Compares the normalised lines; ids, times and random fill do not count.
  package init(expected: Transcript, actual: Transcript) {
    let difference = actual.normalized.lines.difference(from: expected.normalized.lines)
    changes = difference.map { change in
      switch change {
      case .remove(let offset, let line, _): .missing(line: offset + 1, line)
      case .insert(let offset, let line, _): .unexpected(line: offset + 1, line)
      }
    }.sorted { Self.order($0) < Self.order($1) }
  }

  package var isEmpty: Bool { changes.isEmpty }

  /// `-` for what is missing, `+` for what is unexpected, each with its line number.
  package var description: String {
    changes.map { change in
      switch change {
      case .missing(let line, let value): "- \(line): \(value)"
      case .unexpected(let line, let value): "+ \(line): \(value)"
      }
    }.joined(separator: "\n")
  }

  private static func order(_ change: Change) -> Int {
    switch change {
    case .missing(let line, _): 2 * line
    case .unexpected(let line, _): 2 * line + 1
    }
  }
}
