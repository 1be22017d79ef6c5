import Glibc
import Synchronization
import Transport

/// The two streams: results on stdout, everything else on stderr. Lines are written whole.
enum Terminal {
  static func output(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// A line of a server's log: unlike the others it waits for nobody who should read it.
  static func log(_ text: String) { logWriter.withLock { $0.take() }.write(text.onOneLine) }

  /// Makes the log's writer while there are descriptors for it.
  static func beginLog() { _ = logWriter.withLock { $0.take() } }

  /// Writes what is left of the log.
  static func finishLog() { logWriter.withLock { $0.writer }?.close(patience: .milliseconds(300)) }

  /// Made on first use, so that the other commands have no thread for it.
  private struct LogWriter {
    var writer: LineWriter?

    mutating func take() -> LineWriter {
      if let writer { return writer }
      let made = LineWriter(descriptor: STDERR_FILENO) {
        "mockgem: warning: \($0) lines of the log were left out: nobody read them in time"
      }
      writer = made
      return made
    }
  }

  private static let logWriter = Mutex(LogWriter())

  /// Whether stderr is a terminal that wants colours (no-color.org).
  static var isColored: Bool { isColored(STDERR_FILENO) }
  static var isOutputColored: Bool { isColored(STDOUT_FILENO) }

  private static func isColored(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && Environment.value("NO_COLOR") == nil
  }

  /// How far something is, in a line that the next one overwrites; nothing where nobody looks.
  static func progress(_ text: String) {
    if isatty(STDERR_FILENO) == 1 { write("\r\u{1B}[K\(text)", to: STDERR_FILENO) }
  }

  static func clearProgress() { progress("") }

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // A closed pipe must not stop a server; there is nobody left to tell.
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}

extension String {
  /// Without controls: what a client sent must neither begin lines of its own in a log nor steer
  /// the terminal that shows it.
  fileprivate var onOneLine: String {
    guard unicodeScalars.contains(where: Self.isControl) else { return self }
    var line = ""
    for scalar in unicodeScalars {
      if Self.isControl(scalar) {
        line += scalar == "\n" ? "; " : "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  /// C0, delete and C1 (ISO/IEC 6429).
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}

func exit(_ code: ExitCode) -> Never {
  Terminal.finishLog()
  Glibc.exit(code.rawValue)
}
