import Glibc

/// Where mockgem keeps its certificate authority between runs.
enum StateDirectory {
  /// XDG Base Directory Specification, "Environment variables": `$XDG_STATE_HOME`, else
  /// `~/.local/state`.
  static var path: String {
    if let state = Environment.value("XDG_STATE_HOME"), state.hasPrefix("/") {
      return "\(state)/mockgem"
    }
    let home = Environment.value("HOME") ?? "/tmp/mockgem-\(getuid())"
    return "\(home)/.local/state/mockgem"
  }
}
