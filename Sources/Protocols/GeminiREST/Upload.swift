import JSON
import VirtualTime
import Wire

/// An upload that comes in pieces.
///
///     active --upload--> active … --finalize--> final
///        '--cancel--> cancelled
struct Upload: Sendable {
  enum State: String, Sendable {
    case active
    case final
    case cancelled
  }

  /// The wish of the client for the file.
  let metadata: JSONObject
  let mimeType: String
  /// How many bytes were announced; nil when none were.
  let sizeBytes: Int?
  var state = State.active
  /// What has come so far.
  var contents: any Blob = MemoryBlob()
  /// The file's name, once it is final.
  var file: String?

  /// Files API: 2 GB a file.
  static let sizeBytesMax = 2 << 30
  /// How many uploads are remembered, finished ones too: a client may ask twice how it ended.
  static let countMax = 1000
  /// Chunks but the last are multiples of this (recorded).
  static let granularityBytes = 8 << 20
}

/// FileService, uploads: the resumable protocol in its commands, and whole files in one request.
extension Shelf {
  mutating func upload(_ call: inout Call) throws(Refusal) -> Answer {
    if let id = call.request.query("upload_id") ?? call.request.query("uploadId") {
      return try proceed(id, &call)
    }
    if let command = call.uploadCommand, command.contains("start") {
      return try startUpload(&call)
    }
    let type = call.request.header("Content-Type") ?? ""
    if type.lowercased().hasPrefix("multipart/") { return try uploadMultipart(type, &call) }
    if (call.request.header("X-Goog-Upload-Protocol") ?? "").lowercased() == "raw"
      || call.request.query("uploadType") == "media"
    {
      let metadata: JSONObject = ["displayName": .string(call.uploadFileName)]
      return try keep(metadata, mimeType: type, call.request.contents, &call)
    }
    throw Refusal(
      .invalidArgument, "Unknown upload protocol.",
      explanation: "send 'X-Goog-Upload-Protocol: resumable' with 'X-Goog-Upload-Command: start', "
        + "or a multipart body")
  }

  /// CreateFile without an upload makes a file of metadata only.
  mutating func createFile(_ call: inout Call) throws(Refusal) -> Answer {
    let file = try call.body()["file"]?.object ?? [:]
    return try keep(file, mimeType: file["mimeType"]?.string ?? "", MemoryBlob(), &call)
  }

  private mutating func startUpload(_ call: inout Call) throws(Refusal) -> Answer {
    let metadata = try call.body()["file"]?.object ?? [:]
    try checkMetadata(metadata)
    let announced = call.request.header("X-Goog-Upload-Header-Content-Length").flatMap { Int($0) }
    if let announced, announced > Upload.sizeBytesMax || announced < 0 {
      throw Refusal(
        .invalidArgument, "The file is too large: at most \(Upload.sizeBytesMax) bytes are allowed."
      )
    }
    var named = metadata
    if named["displayName"] == nil, !call.uploadFileName.isEmpty {
      named["displayName"] = .string(call.uploadFileName)
    }
    let mimeType =
      metadata["mimeType"]?.string ?? call.request.header("X-Goog-Upload-Header-Content-Type") ?? ""
    let id = call.dice.characters(40, of: .alphanumericUpload)
    // Nobody comes back to an upload that is so old.
    while uploads.names.count >= Upload.countMax, let oldest = uploads.names.first {
      uploads.remove(oldest)
    }
    try uploads.insert(Upload(metadata: named, mimeType: mimeType, sizeBytes: announced), as: id)
    let address =
      "\(call.origin)\(call.route.prefix)/upload/\(call.route.version)/files"
      + "?\(Admission.queryItem(call.request))upload_id=\(id)&upload_protocol=resumable"
    return .response(
      call.uploadAnswer(
        .active,
        [
          Header("X-Goog-Upload-URL", address), Header("X-Goog-Upload-Control-URL", address),
          Header("X-Goog-Upload-Chunk-Granularity", String(Upload.granularityBytes)),
          Header("X-GUploader-UploadID", id),
        ]))
  }

  /// A request to an upload's own address; it needs no key.
  private mutating func proceed(_ id: String, _ call: inout Call) throws(Refusal) -> Answer {
    guard var upload = uploads[id] else {
      throw Refusal(
        .notFound, "Upload session not found.",
        explanation: "start an upload first, and use the X-Goog-Upload-URL it answers with")
    }
    let commands = call.uploadCommand ?? ["upload", "finalize"]
    let size = Header("X-Goog-Upload-Size-Received", String(upload.contents.byteCount))
    if commands == ["query"] { return .response(call.uploadAnswer(upload.state, [size])) }
    if commands == ["cancel"] {
      upload.state = .cancelled
      uploads.replace(id, by: upload)
      return .response(call.uploadAnswer(.cancelled))
    }
    guard !commands.isEmpty, commands.allSatisfy({ ["upload", "finalize"].contains($0) }) else {
      throw Refusal(
        .invalidArgument, "Unknown upload command.",
        explanation: "'\(commands.joined(separator: ", "))' is none of upload, finalize, query "
          + "and cancel")
    }
    if upload.state == .final, let name = upload.file, let file = files[name] {
      return .response(call.uploadAnswer(.final, file: file))
    }
    guard upload.state == .active else {
      throw Refusal(.failedPrecondition, "The upload has been terminated.")
    }
    if commands.contains("upload") { try receive(&upload, call) }
    guard commands.contains("finalize") else {
      uploads.replace(id, by: upload)
      return .response(
        call.uploadAnswer(
          .active,
          [Header("X-Goog-Upload-Size-Received", String(upload.contents.byteCount))]))
    }
    return try finalize(upload, id, &call)
  }

  private func receive(_ upload: inout Upload, _ call: Call) throws(Refusal) {
    let offset = call.request.header("X-Goog-Upload-Offset").flatMap { Int($0) } ?? 0
    let received = upload.contents.byteCount
    guard offset == received else {
      throw Refusal(
        .invalidArgument,
        "The upload offset \(offset) does not match the \(received) bytes received.",
        explanation: "ask by 'X-Goog-Upload-Command: query' how much has come, and go on there")
    }
    let chunk = call.request.contents
    let size = received + chunk.byteCount
    guard size <= upload.sizeBytes ?? Upload.sizeBytesMax else {
      throw Refusal(
        .invalidArgument, "The upload is larger than announced.",
        explanation: "\(size) bytes came, \(upload.sizeBytes ?? Upload.sizeBytesMax) were expected")
    }
    guard let contents = received == 0 ? chunk : upload.contents.joined(with: chunk) else {
      throw Refusal(
        .internalError, "Internal error encountered.",
        explanation: "there is no room for \(size) bytes in the folder for temporary files")
    }
    upload.contents = contents
  }

  private mutating func finalize(_ upload: Upload, _ id: String, _ call: inout Call)
    throws(Refusal) -> Answer
  {
    let received = upload.contents.byteCount
    if let announced = upload.sizeBytes, announced != received {
      throw Refusal(
        .invalidArgument, "The upload is smaller than announced.",
        explanation: "\(received) bytes came, \(announced) were announced")
    }
    var upload = upload
    let file = try makeFile(
      upload.metadata, mimeType: upload.mimeType, upload.contents, &call)
    upload.contents = MemoryBlob()
    upload.state = .final
    upload.file = file.name
    uploads.replace(id, by: upload)
    return .response(call.uploadAnswer(.final, file: file))
  }

  private mutating func uploadMultipart(_ type: String, _ call: inout Call) throws(Refusal)
    -> Answer
  {
    guard let parts = Multipart.parts(of: call.request.body, contentType: type), parts.count == 2
    else {
      throw Refusal(
        .invalidArgument, "Malformed multipart body.",
        explanation: "send two parts: the metadata as JSON, and the file")
    }
    let body = try MessageReader.read(body: parts[0].body, as: "CreateFileRequest")
    return try keep(
      body.fields["file"]?.object ?? [:], mimeType: parts[1].contentType,
      MemoryBlob(parts[1].body), &call)
  }

  private mutating func keep(
    _ metadata: JSONObject, mimeType: String, _ contents: any Blob, _ call: inout Call
  ) throws(Refusal) -> Answer {
    let file = try makeFile(metadata, mimeType: mimeType, contents, &call)
    return .message(
      ["file": file.json(at: call.now, base: call.base)])
  }

  private mutating func makeFile(
    _ metadata: JSONObject, mimeType: String, _ contents: any Blob, _ call: inout Call
  ) throws(Refusal) -> StoredFile {
    try checkMetadata(metadata)
    let type = metadata["mimeType"]?.string ?? mimeType
    let name = metadata["name"]?.string ?? "files/\(call.randomID())"
    let lasts = call.options.processing(of: type)
    let file = StoredFile(
      name: name, displayName: metadata["displayName"]?.string ?? "",
      mimeType: type.isEmpty ? "application/octet-stream" : type, sizeBytes: contents.byteCount,
      digest: contents.digest, created: call.now, processed: call.now + lasts,
      isFailing: call.options.filesFail, generated: nil)
    try files.insert(file, as: name)
    call.changedFiles.append(name)
    return file
  }

  /// File, field comments.
  private func checkMetadata(_ metadata: JSONObject) throws(Refusal) {
    if let name = metadata["name"]?.string {
      guard StoredFile.isName(name) else {
        throw .badField(
          "file.name", of: "CreateFileRequest",
          "must be files/ID, of at most 40 small letters, digits and inner dashes")
      }
      if files[name] != nil {
        throw Refusal(
          .alreadyExists, "File \(name) already exists.", explanation: "delete it, or name another")
      }
    }
    if let name = metadata["displayName"]?.string, name.count > 512 {
      throw .badField("file.display_name", of: "CreateFileRequest", "is longer than 512 characters")
    }
  }
}

extension Alphabet {
  fileprivate static let alphanumericUpload = Alphabet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
}

extension Call {
  /// The words of `X-Goog-Upload-Command`; nil without one.
  fileprivate var uploadCommand: [String]? {
    request.header("X-Goog-Upload-Command").map { text in
      text.lowercased().split(separator: ",").map { $0.trimmingSpaces() }
    }
  }

  fileprivate var uploadFileName: String {
    request.header("X-Goog-Upload-File-Name") ?? ""
  }

  /// An answer of the upload protocol: each carries the state, or the SDKs try again.
  fileprivate func uploadAnswer(
    _ state: Upload.State, _ headers: [Header] = [], file: StoredFile? = nil
  ) -> Response {
    let type = file == nil ? "text/plain; charset=utf-8" : "application/json; charset=UTF-8"
    let body = file.map { file in
      AnswerStyle(request).body(
        ["file": file.json(at: now, base: base)], as: "CreateFileResponse")
    }
    return Response(
      status: 200,
      headers: AnswerStyle.headers(contentType: type, milliseconds: 0, for: request)
        + [Header("X-Goog-Upload-Status", state.rawValue)] + headers, body: body ?? [])
  }
}
