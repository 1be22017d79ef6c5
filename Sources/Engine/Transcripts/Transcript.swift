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

  /// Without what differs between two runs of the same conversation. Where several connections
  /// follow each other, identifiers are counted anew for each.
  package var normalized: Transcript {
    var normalizer = Normalizer()
    var normal: [JSONValue] = []
    for line in lines {
      if line["open"] != nil { normalizer = Normalizer() }
      normal.append(normalizer.normalized(line))
    }
    return Transcript(lines: normal)
  }

  /// JSON Lines, each ended by a line feed.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for line in lines { bytes += line.encoded + [UInt8(ascii: "\n")] }
    return bytes
  }
}
