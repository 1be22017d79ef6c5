import Glibc

/// The variables this process was started with.
enum Environment {
  /// Nil when it is not set, or empty.
  static func value(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// All of them, as `NAME=value`.
  static var all: [String] {
    var all: [String] = []
    var place = environ
    while let entry = place.pointee {
      all.append(String(cString: entry))
      place += 1
    }
    return all
  }

  /// CI servers set `CI`; there nobody would see what is written.
  static var isCI: Bool { value("CI").map { $0 != "false" && $0 != "0" } ?? false }
}
