import Conversation
import JSON
import VirtualTime
import Wire

/// A file of the Files API.
///
/// Of an upload that is whole only size and digest are kept: the service gives nobody an uploaded
/// file back, so one of any size takes the same room. Files a model made come from the scenario
/// with contents.
struct StoredFile: Sendable {
  let name: String
  let displayName: String
  let mimeType: String
  let sizeBytes: Int
  /// 32 bytes.
  let digest: [UInt8]
  let created: Timestamp
  /// When it is ready, or has failed.
  let processed: Timestamp
  let isFailing: Bool
  /// What a model made; nil for an upload.
  let generated: [UInt8]?

  /// Files API: kept for two days.
  private static let lifetime = Duration.seconds(48 * 3600)

  var expires: Timestamp { created + Self.lifetime }

  /// What other protocols have to know of it; `start` is when the namespace began.
  func entry(since start: Timestamp) -> FileDirectory.Entry {
    FileDirectory.Entry(
      ready: .start + (processed - start), isFailing: isFailing, expires: .start + (expires - start)
    )
  }

  func state(at now: Timestamp) -> String {
    if now < processed { return "PROCESSING" }
    return isFailing ? "FAILED" : "ACTIVE"
  }

  /// `base` is what stands before the name in addresses, such as `http://host/v1beta/`.
  func json(at now: Timestamp, base: String) -> JSONValue {
    let state = state(at: now)
    var json: JSONObject = ["name": .string(name)]
    if !displayName.isEmpty { json["displayName"] = .string(displayName) }
    json["mimeType"] = .string(mimeType)
    if sizeBytes > 0 { json["sizeBytes"] = .string(String(sizeBytes)) }
    json["createTime"] = .string(created.text)
    json["updateTime"] = .string((now < processed ? created : processed).text)
    json["expirationTime"] = .string(expires.text(digits: 9))
    // The digest is the text of its hexadecimal digits, in base64 (recorded).
    let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    json["sha256Hash"] = .string(
      String(decoding: Base64.encode(Array(digits.utf8)), as: UTF8.self))
    json["uri"] = .string(base + name)
    json["state"] = .string(state)
    if generated != nil { json["downloadUri"] = .string("\(base)\(name):download?alt=media") }
    json["source"] = generated == nil ? "UPLOADED" : "GENERATED"
    if state == "FAILED" {
      json["error"] = [
        "code": .int(RPCStatus.internalError.number),
        "message": "The file could not be processed.",
      ]
    } else if state == "ACTIVE", mimeType.hasPrefix("video/") {
      let seconds = TokenCount.videoSeconds(bytes: sizeBytes)
      json["videoMetadata"] = ["videoDuration": .string("\(seconds)s")]
    }
    return .object(json)
  }

  /// File, "name": at most 40 characters, small letters, digits and inner dashes.
  static func isName(_ name: String) -> Bool {
    guard name.hasPrefix("files/") else { return false }
    let bytes = Array(name.utf8.dropFirst(6))
    let isPlain: (UInt8) -> Bool = { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    guard (1...40).contains(bytes.count), isPlain(bytes[0]), isPlain(bytes[bytes.count - 1])
    else { return false }
    return bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
  }
}

extension StoredFile {
  /// A file that a model made.
  init(made contents: [UInt8], mimeType: String, name: String, at moment: Timestamp) {
    self.name = name
    displayName = ""
    self.mimeType = mimeType
    sizeBytes = contents.count
    digest = SHA256.digest(of: contents)
    created = moment
    processed = moment
    isFailing = false
    generated = contents
  }

  /// A file that is there at the start. `text` or `data` gives it contents; one whose `source` is
  /// GENERATED can be downloaded.
  init(document: JSONValue, at start: Timestamp) throws(Refusal) {
    var fields = document.object ?? [:]
    let data = fields["data"]?.string.map { Base64.decode($0) }
    let text = fields["text"]?.string.map { Array($0.utf8) }
    fields["data"] = nil
    fields["text"] = nil
    let body = try MessageReader.read(.object(fields), as: "File")
    guard let name = body["name"]?.string, Self.isName(name) else {
      throw Refusal(.invalidArgument, "'name' must be files/ID")
    }
    if case .some(.none) = data { throw Refusal(.invalidArgument, "'data' is no base64") }
    let contents = (data ?? nil) ?? text ?? []
    let size = contents.isEmpty ? body["sizeBytes"]?.integer ?? 0 : contents.count
    guard (0...Upload.sizeBytesMax).contains(size) else {
      throw Refusal(.invalidArgument, "'sizeBytes' must be at most \(Upload.sizeBytesMax)")
    }
    self.name = name
    displayName = body["displayName"]?.string ?? ""
    mimeType = body["mimeType"]?.string ?? "application/octet-stream"
    sizeBytes = size
    digest = SHA256.digest(of: contents)
    created = start
    processed = body["state"]?.string == "PROCESSING" ? start + .seconds(5) : start
    isFailing = body["state"]?.string == "FAILED"
    generated = body["source"]?.string == "GENERATED" ? contents : nil
  }
}

/// FileService, but for uploads.
extension Shelf {
  mutating func listFiles(_ call: inout Call) throws(Refusal) -> Answer {
    let page = try Page(of: call, sizeDefault: 10, sizeMax: 100)
    let (now, base) = (call.now, call.base)
    let items = files.all.filter { $0.expires > now }.map { $0.json(at: now, base: base) }
    return .message(page.cut(items, as: "files"))
  }

  mutating func getFile(_ call: inout Call) throws(Refusal) -> Answer {
    let file = try file(call.route.name(), call)
    return .message(file.json(at: call.now, base: call.base))
  }

  mutating func deleteFile(_ call: inout Call) throws(Refusal) -> Answer {
    let name = try file(call.route.name(), call).name
    files.remove(name)
    call.changedFiles.append(name)
    return .empty
  }

  /// File, "download_uri": only files that a model made have one.
  mutating func downloadFile(_ call: inout Call) throws(Refusal) -> Answer {
    let file = try file(call.route.name(), call)
    guard let contents = file.generated else {
      throw Refusal(
        .invalidArgument, "File \(file.name) cannot be downloaded: it was uploaded.",
        explanation: "only files whose 'source' is GENERATED can be downloaded")
    }
    return .response(
      Response(
        status: 200,
        headers: AnswerStyle.headers(
          contentType: file.mimeType, milliseconds: 0, for: call.request), body: contents))
  }

  private func file(_ name: String, _ call: Call) throws(Refusal) -> StoredFile {
    guard let file = files[name], file.expires > call.now else {
      let id = name.dropFirst(6)
      throw Refusal(
        .permissionDenied,
        "You do not have permission to access the File \(id) or it may not exist.",
        explanation: files[name] == nil ? "there is no \(name)" : "\(name) has expired")
    }
    return file
  }

  /// A file that a prompt refers to: it must be ACTIVE.
  func usableFile(_ name: String, _ call: Call) throws(Refusal) -> StoredFile {
    let file = try file(name, call)
    guard file.state(at: call.now) == "ACTIVE" else {
      throw Refusal(
        .failedPrecondition,
        "The File \(name.dropFirst(6)) is not in an ACTIVE state and usage is not allowed.",
        explanation: "poll GET \(name) until its state is ACTIVE")
    }
    return file
  }
}

extension Call {
  /// What the client has before a resource's name in addresses: it must find the mock again.
  var base: String { "\(origin)\(route.prefix)/\(route.version)/" }

  var origin: String {
    "\(request.isSecure ? "https" : "http")://\(request.header("Host") ?? "localhost")"
  }
}
