import Conversation
import GeminiREST
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini REST: files") struct FileTests {
  private static let start = [
    Driver.key, Header("Host", "127.0.0.1:9"), Header("X-Goog-Upload-Protocol", "resumable"),
    Header("X-Goog-Upload-Command", "start"),
  ]

  private static func chunk(_ command: String, at offset: Int) -> [Header] {
    [
      Header("Host", "127.0.0.1:9"), Header("X-Goog-Upload-Command", command),
      Header("X-Goog-Upload-Offset", String(offset)),
    ]
  }

  /// The address of a new upload, without its origin.
  private static func begin(
    _ driver: inout Driver, size: Int? = nil, _ body: String = "{'file': {'display_name': 'A'}}",
    type: String = "text/plain", path: String = "/upload/v1beta/files"
  ) -> String {
    var headers = start + [Header("X-Goog-Upload-Header-Content-Type", type)]
    if let size { headers.append(Header("X-Goog-Upload-Header-Content-Length", String(size))) }
    let reply = driver.send("POST", path, body, headers: headers)
    #expect(reply.header("X-Goog-Upload-Status") == "active")
    #expect(reply.header("X-Goog-Upload-Chunk-Granularity") == "8388608")
    #expect(reply.body.isEmpty)
    let address = reply.header("X-Goog-Upload-URL") ?? ""
    #expect(address.hasPrefix("http://127.0.0.1:9/"))
    return String(address.dropFirst("http://127.0.0.1:9".count))
  }

  @Test func `a file comes in chunks, to an address that needs no key`() {
    var driver = Driver()
    let address = Self.begin(&driver, size: 3)
    let first = driver.send("POST", address, "ab", headers: Self.chunk("upload", at: 0))
    #expect(first.header("X-Goog-Upload-Status") == "active")
    #expect(first.header("X-Goog-Upload-Size-Received") == "2")
    let state = driver.send("POST", address, headers: Self.chunk("query", at: 0))
    #expect(state.header("X-Goog-Upload-Size-Received") == "2")
    let last = driver.send("POST", address, "c", headers: Self.chunk("upload, finalize", at: 2))
    #expect(last.header("X-Goog-Upload-Status") == "final")
    let file = last["file"]
    #expect(file?["displayName"] == "A")
    #expect(file?["mimeType"] == "text/plain")
    #expect(file?["sizeBytes"] == "3")
    #expect(file?["state"] == "ACTIVE")
    #expect(file?["source"] == "UPLOADED")
    // The base64 text of the hexadecimal digits of SHA-256 of "abc".
    #expect(file?["sha256Hash"]?.string?.hasPrefix("YmE3ODE2YmY4ZjAxY2ZlYTQxNDE0MGRl") == true)
    let name = file?["name"]?.string ?? ""
    #expect(name.count == "files/".count + 12)
    #expect(file?["uri"] == .string("http://127.0.0.1:9/v1beta/\(name)"))
    let again = driver.send("POST", address, "c", headers: Self.chunk("upload, finalize", at: 2))
    #expect(again["file"]?["name"] == .string(name))
  }

  @Test func `the address keeps the prefix, and the key for the namespace`() {
    var driver = Driver()
    let address = Self.begin(&driver, path: "/proxy/upload/v1/files")
    #expect(address.hasPrefix("/proxy/upload/v1/files?key=k&upload_id="))
    #expect(GeminiREST.wireProtocol.credential(Request(target: address)) == "k")
  }

  @Test func `mistakes in the upload protocol are refused`() {
    var driver = Driver()
    let address = Self.begin(&driver, size: 2)
    func refused(_ body: String, _ command: String, at offset: Int) -> Bool {
      driver.send("POST", address, body, headers: Self.chunk(command, at: offset)).status == 400
    }
    #expect(refused("a", "upload", at: 1))
    #expect(refused("abc", "upload", at: 0))
    #expect(refused("a", "sing", at: 0))
    #expect(refused("a", "upload, finalize", at: 0))
    #expect(driver.explanations == ["refused with 400: 1 bytes came, 2 were announced"])
    let cancelled = driver.send("POST", address, headers: Self.chunk("cancel", at: 0))
    #expect(cancelled.header("X-Goog-Upload-Status") == "cancelled")
    #expect(refused("ab", "upload, finalize", at: 0))
    let unknown = "/upload/v1beta/files?upload_id=none"
    #expect(driver.send("POST", unknown, headers: [Driver.key]).status == 404)
    #expect(driver.send("POST", "/upload/v1beta/files").status == 400)
    let big = Self.start + [Header("X-Goog-Upload-Header-Content-Length", "3000000000")]
    #expect(driver.send("POST", "/upload/v1beta/files", headers: big).status == 400)
  }

  @Test func `old uploads make room for new ones`() {
    var driver = Driver()
    let first = Self.begin(&driver)
    for _ in 0..<1000 { _ = Self.begin(&driver) }
    #expect(driver.send("POST", first, headers: Self.chunk("query", at: 0)).status == 404)
  }

  @Test func `a video is processed on the virtual clock, and cannot be used before`() {
    var driver = Driver()
    let address = Self.begin(&driver, type: "video/mp4")
    let file = driver.send(
      "POST", address, "frames", headers: Self.chunk("upload, finalize", at: 0))["file"]
    #expect(file?["state"] == "PROCESSING")
    let name = file?["name"]?.string ?? ""
    let prompt =
      "{\"contents\":[{\"parts\":[{\"fileData\":{\"fileUri\":\"http://h/v1beta/\(name)\"}}]}]}"
    let generate = "/v1beta/models/gemini-x:generateContent"
    #expect(driver.send("POST", generate, prompt).error?["status"] == "FAILED_PRECONDITION")
    driver.pass(.seconds(5))
    let ready = driver.send("GET", "/v1beta/\(name)")
    #expect(ready["state"] == "ACTIVE")
    #expect(ready["videoMetadata"]?["videoDuration"] == "1s")
    let reply = driver.send("POST", generate, prompt)
    #expect(reply["usageMetadata"]?["promptTokenCount"] == 263)
    driver.pass(.seconds(48 * 3600))
    let expired = driver.send("GET", "/v1beta/\(name)")
    #expect(expired.status == 403)
    #expect(driver.explanations == ["refused with 403: \(name) has expired"])
  }

  @Test func `a scenario decides how processing goes`() {
    var driver = Driver(
      documents: [:],
      options: ["file_processing": .duration(.seconds(1)), "file_outcome": .word("FAILED")])
    let address = Self.begin(&driver)
    let name =
      driver.send("POST", address, "x", headers: Self.chunk("upload, finalize", at: 0))["file"]?[
        "name"]?.string ?? ""
    #expect(driver.send("GET", "/v1/\(name)")["state"] == "PROCESSING")
    driver.pass(.seconds(1))
    #expect(driver.send("GET", "/v1/\(name)")["state"] == "FAILED")
    #expect(driver.send("GET", "/v1/\(name)")["error"]?["code"] == 13)
  }

  @Test func `a file may come with its metadata in one body`() {
    var driver = Driver()
    let body =
      "--b\r\nContent-Type: application/json\r\n\r\n{\"file\":{\"name\":\"files/mine\"}}\r\n"
      + "--b\r\nContent-Type: text/x-y\r\n\r\na--b\r\n\r\n--b--\r\n"
    let headers = [Driver.key, Header("Content-Type", "multipart/related; boundary=\"b\"")]
    let reply = driver.send("POST", "/upload/v1beta/files", body, headers: headers)
    #expect(reply["file"]?["name"] == "files/mine")
    #expect(reply["file"]?["mimeType"] == "text/x-y")
    // A boundary in the middle of a line is data, and so is a line break that is not its own.
    #expect(reply["file"]?["sizeBytes"] == "6")
    #expect(driver.send("POST", "/upload/v1beta/files", body, headers: headers).status == 409)
    let broken = driver.send("POST", "/upload/v1beta/files", "--b", headers: headers)
    #expect(broken.message == "Malformed multipart body.")
  }

  @Test func `what is there at the start was made then, whoever comes first`() {
    var driver = Driver(documents: ["files": [["name": "files/a", "text": "Hi"]]])
    driver.pass(.seconds(60))
    driver.ask()
    #expect(
      driver.send("GET", "/v1beta/files/a")["createTime"] == "2026-09-21T14:13:20.000000Z")
  }

  @Test func `files are listed, fetched and deleted`() {
    var driver = Driver(documents: [
      "files": [
        ["name": "files/a", "mimeType": "text/plain", "text": "Hi"],
        ["name": "files/b", "mimeType": "image/png", "data": "AQID", "source": "GENERATED"],
        ["name": "files/Bad"], ["name": "files/c", "sizeBytes": "9223372036854775807"],
      ]
    ])
    #expect(driver.send("GET", "/v1beta/files")["files"]?.array?.count == 2)
    #expect(
      driver.explanations == [
        "gemini-rest.files[2]: 'name' must be files/ID",
        "gemini-rest.files[3]: 'sizeBytes' must be at most 2147483648",
      ])
    let download = driver.send("GET", "/v1beta/files/b:download?alt=media")
    #expect(download.body == [1, 2, 3])
    #expect(download.header("Content-Type") == "image/png")
    #expect(driver.send("GET", "/v1beta/files/a:download?alt=media").status == 400)
    #expect(driver.send("DELETE", "/v1beta/files/a").text == "{}\n")
    let gone = driver.send("GET", "/v1beta/files/a")
    #expect(gone.status == 403)
    #expect(
      gone.message == "You do not have permission to access the File a or it may not exist.")
  }
}

@Suite("Gemini REST: cached contents") struct CachedContentTests {
  private static let body =
    #"{"model":"models/gemini-x","displayName":"notes","contents":{"parts":{"text":"12345678"}},"#
    + #""systemInstruction":{"parts":{"text":"1234"}},"ttl":"300s"}"#

  @Test func `what is cached is used, prolonged and forgotten`() throws {
    var driver = Driver()
    let cached = driver.send("POST", "/v1beta/cachedContents", Self.body)
    let name = try #require(cached["name"]?.string)
    #expect(cached["usageMetadata"] == ["totalTokenCount": 3])
    #expect(cached["contents"] == nil)
    #expect(cached["expireTime"]?.string?.contains("T14:18:20.") == true)
    let prompt: JSONObject = ["cachedContent": .string(name)]
    let usage = driver.ask("1234", with: prompt)["usageMetadata"]
    #expect(usage?["promptTokenCount"] == 4)
    #expect(usage?["cachedContentTokenCount"] == 3)
    let wrong = driver.ask("1234", model: "models/gemini-y", with: prompt)
    #expect(wrong.status == 400)
    let longer = driver.send("PATCH", "/v1beta/\(name)", #"{"ttl":"600s"}"#)
    #expect(longer["expireTime"] != cached["expireTime"])
    #expect(driver.send("GET", "/v1beta/\(name)")["expireTime"] == longer["expireTime"])
    #expect(driver.send("GET", "/v1beta/cachedContents")["cachedContents"]?.array?.count == 1)
    #expect(driver.send("DELETE", "/v1beta/\(name)").text == "{}\n")
    let gone = driver.ask("1234", with: prompt)
    #expect(gone.status == 403)
    #expect(gone.message == "CachedContent not found (or permission denied)")
  }

  @Test func `it expires on the virtual clock`() throws {
    var driver = Driver()
    let cached = driver.send("POST", "/v1beta/cachedContents", Self.body)
    let name = try #require(cached["name"]?.string)
    driver.pass(.seconds(300))
    #expect(driver.send("GET", "/v1beta/\(name)").status == 403)
    #expect(driver.send("GET", "/v1beta/cachedContents").text == "{}\n")
  }

  @Test(arguments: [
    "{}", #"{"model":"models/gemini-x","ttl":"soon"}"#, #"{"model":"models/gemini-x","ttl":"-5s"}"#,
    #"{"model":"models/gemini-x","expireTime":"2001-01-01T00:00:00Z"}"#,
  ])
  func `mistakes are refused`(body: String) {
    var driver = Driver()
    #expect(driver.send("POST", "/v1beta/cachedContents", body).status == 400)
  }

  @Test func `a scenario may ask for as much as the service does`() {
    var driver = Driver(documents: [:], options: ["cached_tokens_min": .integer(4096)])
    let reply = driver.send("POST", "/v1beta/cachedContents", Self.body)
    #expect(
      reply.message
        == "Cached content is too small. total_token_count=3, min_total_token_count=4096")
  }

  @Test(arguments: [
    ("2030-06-01T10:20:30Z", "2030-06-01T10:20:30.000000000Z"),
    ("2030-06-01T10:20:30.5+02:00", "2030-06-01T08:20:30.500000000Z"),
    ("2032-02-29T23:59:59.123456789Z", "2032-02-29T23:59:59.123456789Z"),
  ])
  func `moments are read and written`(text: String, written: String) {
    var driver = Driver()
    let reply = driver.send(
      "POST", "/v1beta/cachedContents",
      "{\"model\":\"models/gemini-x\",\"expireTime\":\"\(text)\"}")
    #expect(reply["expireTime"] == .string(written))
  }
}
