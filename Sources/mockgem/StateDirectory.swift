import Glibc

/// Where mockgem keeps its certificate authority between runs.
enum StateDirectory {
  /// XDG Base Directory Specification, "Environment variables": `$XDG_STATE_HOME`, else
  /// `~/.local/state`.
  static var path: String {
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/mockgem" }
    let home = environment("HOME") ?? "/tmp/mockgem-\(getuid())"
    return "\(home)/.local/state/mockgem"
  }

  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
