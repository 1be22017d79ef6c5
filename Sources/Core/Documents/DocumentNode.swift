package import Diagnostics

/// A node of a parsed document, with the place it stands at.
///
/// This is what a YAML reader gives to the rest: no pointer, no library type, every position kept.
package struct DocumentNode: Hashable, Sendable {
  package let content: Content
  package let location: SourceLocation

  package init(_ content: Content, at location: SourceLocation) {
    self.content = content
    self.location = location
  }

  package enum Content: Hashable, Sendable {
    /// Plain scalars are typed by the core schema of YAML 1.2; quoted ones are always text.
    case scalar(text: String, isPlain: Bool)
    case sequence([DocumentNode])
    case mapping([DocumentMember])
  }
}

/// One `key: value` of a mapping. Keys are scalars here; duplicate keys never reach this type.
package struct DocumentMember: Hashable, Sendable {
  package let key: String
  package let keyLocation: SourceLocation
  package let value: DocumentNode

  package init(key: String, keyLocation: SourceLocation, value: DocumentNode) {
    self.key = key
    self.keyLocation = keyLocation
    self.value = value
  }
}
