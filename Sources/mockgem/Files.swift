import Diagnostics
import Glibc
import Scenarios

/// Small files, whole.
enum Files {
  /// 1 GiB: an hour of recorded sessions is far below.
  private static let bytesMax = 1 << 30

  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      guard count > 0, bytes.count < bytesMax else { throw unreadable(path) }
      bytes += buffer[..<count]
    }
  }

  private static func unreadable(_ path: String) -> Failure {
    let reason = String(cString: strerror(errno)).lowercased()
    return .badInput([
      .error("cannot read the file: \(reason)", at: SourceLocation(file: path), hint: nil)
    ])
  }

  /// Replaces a file in one step, so that whoever waits for it never reads half of it.
  static func replace(_ path: String, with text: String) throws(Failure) {
    try replace(path, with: Array(text.utf8))
  }

  static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
    let temporary = "\(path).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw unwritable(path) }
    let written = Glibc.write(descriptor, bytes, bytes.count)
    close(descriptor)
    guard written == bytes.count, rename(temporary, path) == 0 else { throw unwritable(path) }
  }

  /// Makes a directory and its parents.
  static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(Failure) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
      if mkdir(made, mode) != 0, errno != EEXIST { throw unwritable(made) }
    }
  }

  static func unwritable(_ path: String) -> Failure {
    let reason = String(cString: strerror(errno)).lowercased()
    return Failure(.unavailable, "cannot write '\(path)': \(reason)", hint: nil)
  }

  /// Appends a line to a file, which `isNew` empties first; false when it cannot.
  static func append(_ line: [UInt8], to path: String, isNew: Bool) -> Bool {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_TRUNC : 0)
    let descriptor = open(path, flags, 0o644)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let whole = line + [UInt8(ascii: "\n")]
    return Glibc.write(descriptor, whole, whole.count) == whole.count
  }

  /// Appends to a file that others append to as well; makes it where there is none.
  static func append(_ text: String, to path: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw unwritable(path) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw unwritable(path) }
  }

  /// Replaces a file, and makes its folder where there is none.
  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let folder = Paths.folder(of: path)
    if !folder.isEmpty { try makeDirectory(folder) }
    try replace(path, with: bytes)
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Changes whenever the file does; nil where there is none.
  static func stamp(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }

  /// Every file below a folder whose name ends so, sorted; links to folders are not followed.
  static func all(below folder: String, ending: String, passingOver skipped: [String]) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    closedir(directory)
    var files: [String] = []
    for name in names.sorted() {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        if !skipped.contains(name) {
          files += all(below: path, ending: ending, passingOver: skipped)
        }
      } else if name.hasSuffix(ending) {
        files.append(path)
      }
    }
    return files
  }

  /// The path from the root, without `.` and `..`; links are not resolved.
  static func absolute(_ path: String) -> String {
    var parts: [Substring] = []
    if !path.hasPrefix("/") {
      var buffer = [CChar](repeating: 0, count: 4096)
      if getcwd(&buffer, buffer.count) != nil {
        let end = buffer.firstIndex(of: 0) ?? buffer.count
        let working = String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        parts = working.split(separator: "/").map { $0 }
      }
    }
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
