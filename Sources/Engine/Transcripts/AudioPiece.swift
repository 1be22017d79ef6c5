package import JSON

/// A piece of audio that a transcript holds the digest of.
package struct AudioPiece: Hashable, Sendable {
  package let digest: String
  package let rate: Int
  package let base64: String

  package init(digest: String, rate: Int, base64: String) {
    self.digest = digest
    self.rate = rate
    self.base64 = base64
  }

  /// The piece in a file of such pieces; nil when `line` is none.
  package init?(_ line: JSONValue) {
    guard let digest = line["digest"]?.string, let rate = line["rate"]?.integer,
      let base64 = line["base64"]?.string
    else { return nil }
    self.init(digest: digest, rate: rate, base64: base64)
  }

  /// The folder of the files that pieces are written to.
  package static let folder = "audio/"

  package var file: String { AudioPiece.folder + digest }

  package var line: [UInt8] {
    JSONValue.object([
      "digest": .string(digest), "rate": .int(rate), "base64": .string(base64),
    ]).encoded
  }
}
