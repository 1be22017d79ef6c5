package import VirtualTime

/// The files a client may refer to, whichever protocol keeps them.
///
/// Files come by one protocol and are named in another; neither knows the other, so the keeper
/// writes down here what the rest has to know. A namespace without a directory has no keeper:
/// then any file may be there.
package struct FileDirectory: Sendable {
  package struct Entry: Hashable, Sendable {
    /// When it can be used, unless it fails.
    package let ready: Instant
    package let isFailing: Bool
    /// When it is gone.
    package let expires: Instant

    package init(ready: Instant, isFailing: Bool, expires: Instant) {
      self.ready = ready
      self.isFailing = isFailing
      self.expires = expires
    }
  }

  private var entries: [String: Entry] = [:]

  package init() {}

  /// By its name, such as `files/abc-123`.
  package subscript(name: String) -> Entry? {
    get { entries[name] }
    set { entries[name] = newValue }
  }

  /// The name in an address such as `https://host/v1beta/files/abc`; nil where it leads elsewhere.
  package static func name(inURI uri: String) -> String? {
    let words = uri.split(separator: "/")
    guard words.count > 1, words[words.count - 2] == "files" else { return nil }
    return "files/\(words[words.count - 1])"
  }
}

extension Namespace {
  /// Nil where no protocol keeps files.
  package var files: FileDirectory? {
    get { self[FileDirectory?.self, default: nil] }
    set { self[FileDirectory?.self, default: nil] = newValue }
  }
}
