/// Immutable ASCII text that is held once and written many times.
package struct SharedText: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The standard base64 text of `bytes`: both wires carry binary data as strings.
  package init(base64 bytes: ArraySlice<UInt8>) { self.bytes = Base64.encode(bytes) }
}
