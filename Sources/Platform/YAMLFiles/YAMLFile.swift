package import Diagnostics
package import Documents
import Glibc

/// Reads YAML 1.2 files into document nodes, every position kept.
package enum YAMLFile {
  /// 8 MiB: a 10,000-step scenario has less than 1.
  private static let bytesMax = 8 << 20

  /// Reads the one document of a file. The error holds at least one diagnostic.
  package static func read(_ path: String) throws(YAMLError) -> DocumentNode {
    try parse(try contents(of: path), file: path)
  }

  /// Parses the one document in `bytes`; `file` is only for messages.
  package static func parse(_ bytes: [UInt8], file: String) throws(YAMLError) -> DocumentNode {
    let start = SourceLocation(file: file)
    guard bytes.count <= bytesMax else {
      throw YAMLError(.error("the file is larger than 8 MiB", at: start))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw YAMLError(
        .error(
          "the file is not UTF-8 text", at: start,
          hint: "save it as UTF-8; audio belongs beside a scenario, not in its place"))
    }
    return try YAMLParser(text, file: file).document()
  }

  private static func contents(of path: String) throws(YAMLError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= bytesMax {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      guard count > 0 else { throw unreadable(path) }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private static func unreadable(_ path: String) -> YAMLError {
    let reason = String(cString: strerror(errno)).lowercased()
    return YAMLError(
      .error("cannot read the file: \(reason)", at: SourceLocation(file: path)))
  }
}

/// Why a file is no usable YAML.
package struct YAMLError: Error, Hashable, Sendable {
  package let diagnostics: [Diagnostic]

  init(_ diagnostics: Diagnostic...) { self.diagnostics = diagnostics }
  init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
