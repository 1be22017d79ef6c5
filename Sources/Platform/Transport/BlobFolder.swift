import COpenSSL
import CSystem
import Glibc
import Synchronization
import Wire

/// A folder that nobody else may look into, for bodies that are kept outside of memory. It is made
/// when the first one comes, and removed with all that is in it.
final class BlobFolder: Sendable {
  private struct State {
    var path: String?
    var lastNumber = 0
    var isClosed = false
  }

  private let parent: String
  private let state = Mutex(State())

  init(in parent: String) { self.parent = parent }

  /// A file to write into.
  fileprivate func makeFile() throws(TransportError) -> BlobFile {
    try state.withLock { state throws(TransportError) in
      if state.isClosed { throw .unavailable("the server ends") }
      if state.path == nil { state.path = try makeFolder() }
      let folder = state.path ?? parent
      state.lastNumber += 1
      let path = "\(folder)/\(state.lastNumber)"
      let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR)
      if descriptor < 0 { throw .unavailable("no file in \(folder): \(Sockets.reason())") }
      return BlobFile(path: path, descriptor: descriptor)
    }
  }

  /// Removes the files and the folder; later bodies find no place.
  func close() {
    state.withLock { state in
      state.isClosed = true
      guard let path = state.path else { return }
      for number in 1...max(1, state.lastNumber) { unlink("\(path)/\(number)") }
      rmdir(path)
    }
  }

  private func makeFolder() throws(TransportError) -> String {
    var template = Array("\(parent)/mockgem-XXXXXX".utf8CString)
    // mkdtemp gives the owner all rights and others none.
    let path = template.withUnsafeMutableBufferPointer { template in
      template.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    if let path { return path }
    throw .unavailable(
      "no folder in \(parent): \(Sockets.reason())", hint: "TMPDIR names another place")
  }
}

/// A file of the folder; it is removed with the last blob in it.
private final class BlobFile: Sendable {
  let path: String
  let descriptor: Int32

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// False when not all could be written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}

/// Writes a body as it comes.
final class BlobWriter {
  private let file: BlobFile
  private let digest: BlobDigest
  private(set) var byteCount = 0
  /// Whether everything could be written so far.
  private(set) var isGood = true

  init(in folder: BlobFolder) throws(TransportError) {
    file = try folder.makeFile()
    guard let digest = BlobDigest() else { throw .unavailable("no SHA-256 in OpenSSL") }
    self.digest = digest
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard isGood else { return }
    isGood = file.write(bytes, at: byteCount)
    digest.update(bytes)
    byteCount += bytes.count
  }

  /// The body; nothing may be written behind it.
  func finish() -> any Blob { FileBlob(file, byteCount: byteCount, digest: digest) }
}

/// The first bytes of a file.
private final class FileBlob: Blob {
  private let file: BlobFile
  let byteCount: Int
  private let hash: BlobDigest

  init(_ file: BlobFile, byteCount: Int, digest: BlobDigest) {
    self.file = file
    self.byteCount = byteCount
    hash = digest
  }

  var digest: [UInt8] { hash.value }

  func bytes(in range: Range<Int>) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < range.count {
      let count = bytes.withUnsafeMutableBytes { bytes in
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
        return pread(file.descriptor, rest.baseAddress, rest.count, range.lowerBound + done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      done += count
    }
    return bytes
  }

  func joined(with other: any Blob) -> (any Blob)? {
    guard let digest = hash.copy() else { return nil }
    var end = byteCount
    let isWhole = other.forEachPiece { piece in
      piece.withUnsafeBytes { bytes in
        digest.update(bytes)
        defer { end += bytes.count }
        return file.write(bytes, at: end)
      }
    }
    return isWhole ? FileBlob(file, byteCount: end, digest: digest) : nil
  }
}

/// A running SHA-256 of OpenSSL.
///
/// `@unchecked Sendable`: a writer updates it on one thread, and a blob only reads and copies it.
private final class BlobDigest: @unchecked Sendable {
  private let context: OpaquePointer

  init?() {
    guard let context = EVP_MD_CTX_new() else { return nil }
    self.context = context
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { return nil }
  }

  private init?(copying other: OpaquePointer) {
    guard let context = EVP_MD_CTX_new() else { return nil }
    self.context = context
    guard EVP_MD_CTX_copy_ex(context, other) == 1 else { return nil }
  }

  deinit { EVP_MD_CTX_free(context) }

  func copy() -> BlobDigest? { BlobDigest(copying: context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The digest of what has come so far: 32 bytes.
  var value: [UInt8] {
    var value = [UInt8](repeating: 0, count: 32)
    if let copy = copy() { EVP_DigestFinal_ex(copy.context, &value, nil) }
    return value
  }
}
