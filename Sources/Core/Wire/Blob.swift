/// Bytes that may be too many for memory, such as the body of an upload. It never changes.
package protocol Blob: Sendable {
  var byteCount: Int { get }
  /// SHA-256 (FIPS 180-4): 32 bytes.
  var digest: [UInt8] { get }

  /// The bytes of a part, which must lie within; nil when they cannot be read.
  func bytes(in range: Range<Int>) -> [UInt8]?

  /// These bytes and the other's behind them; nil when there is no room for so many. The receiver
  /// is used up: nothing may be joined to it again.
  func joined(with other: any Blob) -> (any Blob)?
}

extension Blob {
  /// In how many bytes at once a blob is read.
  package static var pieceBytes: Int { 1 << 20 }

  /// The digest in hexadecimal digits.
  package var hexDigest: String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Calls `take` with all bytes, piece by piece, while it returns true; false when it did not, or
  /// when they cannot be read.
  package func forEachPiece(_ take: ([UInt8]) -> Bool) -> Bool {
    for start in stride(from: 0, to: byteCount, by: Self.pieceBytes) {
      let end = min(byteCount, start + Self.pieceBytes)
      guard let piece = bytes(in: start..<end), take(piece) else { return false }
    }
    return true
  }
}

/// A blob in memory.
package struct MemoryBlob: Blob {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  package var byteCount: Int { bytes.count }
  package var digest: [UInt8] { SHA256.digest(of: bytes) }

  package func bytes(in range: Range<Int>) -> [UInt8]? { Array(bytes[range]) }

  package func joined(with other: any Blob) -> (any Blob)? {
    other.bytes(in: 0..<other.byteCount).map { MemoryBlob(bytes + $0) }
  }
}

/// A blob that compares by its contents, as their digest tells them apart.
package struct BlobReference: Hashable, Sendable {
  package let blob: any Blob

  package init(_ blob: any Blob) { self.blob = blob }

  package static func == (left: BlobReference, right: BlobReference) -> Bool {
    left.blob.byteCount == right.blob.byteCount && left.blob.digest == right.blob.digest
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(blob.byteCount) }
}
