import Diagnostics

/// The one table of exit codes.
enum ExitCode: Int32 {
  case success = 0
  /// The subject failed: a difference, an expectation, a requirement.
  case subjectFailed = 1
  /// An input file is wrong or cannot be read.
  case badInput = 2
  /// The machine would not: a port in use, a directory that cannot be written.
  case unavailable = 69
  /// The command line is wrong.
  case usage = 64
  /// Our bug.
  case internalError = 70
}

/// Why a command ended without success: the lines for stderr, and the exit code.
struct Failure: Error {
  let code: ExitCode
  let lines: [String]
  /// What `lines` says about input files.
  let diagnostics: [Diagnostic]

  static func usage(_ message: String, hint: String?) -> Failure {
    Failure(.usage, message, hint: hint)
  }

  /// The file's own diagnostics, or none where they were printed already.
  static func badInput(_ diagnostics: [Diagnostic]) -> Failure {
    Failure(
      code: .badInput, lines: diagnostics.map(\.description), diagnostics: diagnostics)
  }

  /// The subject failed, and a report has said why.
  static var subjectFailed: Failure { Failure(code: .subjectFailed, lines: []) }

  /// Something about the world around: `mockgem: error: …` and a hint.
  init(_ code: ExitCode, _ message: String, hint: String?) {
    self.init(
      code: code, lines: ["mockgem: error: \(message)"] + (hint.map { ["hint: \($0)"] } ?? []))
  }

  private init(code: ExitCode, lines: [String], diagnostics: [Diagnostic] = []) {
    self.code = code
    self.lines = lines
    self.diagnostics = diagnostics
  }
}
