/// Why a text is no JSON, and where: line and column count from 1, the column in bytes.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String
  package let line: Int
  package let column: Int

  package init(reason: String, line: Int, column: Int) {
    self.reason = reason
    self.line = line
    self.column = column
  }

  package var description: String { "\(reason) at line \(line) column \(column)" }
}
