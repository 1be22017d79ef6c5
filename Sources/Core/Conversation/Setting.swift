/// One thing a scenario may decide about a protocol, under the protocol's name.
///
///     openai-realtime:
///       beta: accept
///
/// The protocol declares its rules; the reader checks files by them, and the reference and the
/// schema are generated from them.
package struct Setting: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// One of a few words.
    case word([String])
    case flag
    case integer(ClosedRange<Int>)
    case duration(ClosedRange<Duration>)
    case text
    case texts
    /// Any JSON; the protocol reads it, and explains at `check` what it cannot use.
    case json
  }

  package let key: String
  package let kind: Kind
  /// One sentence, which names the default.
  package let summary: String

  package init(_ key: String, _ kind: Kind, _ summary: String) {
    self.key = key
    self.kind = kind
    self.summary = summary
  }
}

/// The value a scenario gives an option, already checked against its rule.
package enum SettingValue: Hashable, Sendable {
  case word(String)
  case flag(Bool)
  case integer(Int)
  case duration(Duration)
  case text(String)
  case texts([String])
}
