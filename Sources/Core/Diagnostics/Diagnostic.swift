/// Something wrong or suspicious in an input file: where, what, and how to mend it.
package struct Diagnostic: Error, Hashable, Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package let severity: Severity
  package let location: SourceLocation
  package let message: String
  package let hint: String?

  package static func error(_ message: String, at location: SourceLocation, hint: String? = nil)
    -> Diagnostic
  {
    Diagnostic(severity: .error, location: location, message: message, hint: hint)
  }

  package static func warning(_ message: String, at location: SourceLocation, hint: String? = nil)
    -> Diagnostic
  {
    Diagnostic(severity: .warning, location: location, message: message, hint: hint)
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: error: what is wrong`, and on a line of its own `hint: what to do`.
  package var description: String {
    let line = "\(location): \(severity.rawValue): \(message)"
    return hint.map { "\(line)\nhint: \($0)" } ?? line
  }
}

/// A place in a file, as editors count: lines and columns from 1.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int

  package init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { "\(file):\(line):\(column)" }
}
