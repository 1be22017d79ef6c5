import Conversation
import JSON
import Testing
import Wire

@Suite("Gemini REST: batches and videos") struct JobTests {
  /// A batch of these requests, and its operation.
  private static func begin(
    _ driver: inout Driver, _ requests: String, _ verb: String = "batchGenerateContent",
    model: String = "gemini-x"
  ) -> Driver.Reply {
    driver.send(
      "POST", "/v1beta/models/\(model):\(verb)",
      #"{"batch":{"displayName":"Tests","inputConfig":{"requests":{"requests":\#(requests)}}}}"#)
  }

  private static func prompt(_ text: String, _ metadata: String = "null") -> String {
    #"{"request":{"contents":[{"parts":[{"text":"\#(text)"}]}]},"metadata":\#(metadata)}"#
  }

  private static func texts(_ operation: Driver.Reply) -> [String?] {
    (operation["metadata"]?["output"]?["inlinedResponses"]?["inlinedResponses"]?.array ?? []).map {
      $0["response"]?["candidates"]?.array?.first?["content"]?["parts"]?.array?.first?["text"]?
        .string
    }
  }

  @Test func `answers each request of a batch as a conversation of its own, in time`() throws {
    var driver = Driver(answers: [[.say("One.")], [.say("Two.")]])
    let begun = Self.begin(&driver, "[\(Self.prompt("a", #"{"key":"1"}"#)),\(Self.prompt("b"))]")
    #expect(begun.status == 200)
    #expect(driver.outputs.count { $0 == .converse(.apart) } == 2)
    #expect(begun["done"] == nil)
    let metadata = try #require(begun["metadata"])
    #expect(metadata["state"] == "BATCH_STATE_RUNNING")
    #expect(metadata["displayName"] == "Tests")
    #expect(metadata["batchStats"] == ["requestCount": "2", "pendingRequestCount": "2"])
    #expect(metadata["output"] == nil)
    let name = try #require(begun["name"]?.string)
    driver.pass(.seconds(10))
    let done = driver.send("GET", "/v1beta/\(name)")
    #expect(done["done"] == true)
    #expect(done["metadata"]?["state"] == "BATCH_STATE_SUCCEEDED")
    #expect(
      done["metadata"]?["batchStats"] == ["requestCount": "2", "successfulRequestCount": "2"])
    #expect(Self.texts(done) == ["One.", "Two."])
    let responses = done["response"]?["inlinedResponses"]?["inlinedResponses"]?.array
    #expect(responses?.first?["metadata"] == ["key": "1"])
    #expect(driver.send("GET", "/v1beta/batches")["operations"]?.array?.count == 1)
  }

  @Test func `a request of a batch that fails leaves the others alone`() throws {
    var driver = Driver(answers: [
      [.fail(ServiceFailure(message: "Slow down.", status: 429))], [.say("Two.")],
    ])
    let begun = Self.begin(&driver, "[\(Self.prompt("a")),\(Self.prompt("b")),{\"request\":{}}]")
    let name = try #require(begun["name"]?.string)
    driver.pass(.seconds(10))
    let done = driver.send("GET", "/v1beta/\(name)")
    let responses = done["response"]?["inlinedResponses"]?["inlinedResponses"]?.array ?? []
    #expect(responses.count == 3)
    #expect(responses[0]["error"] == ["code": 8, "message": "Slow down."])
    #expect(Self.texts(done)[1] == "Two.")
    #expect(responses[2]["error"]?["code"] == 3)
    #expect(
      done["metadata"]?["batchStats"]
        == ["requestCount": "3", "successfulRequestCount": "1", "failedRequestCount": "2"])
  }

  @Test func `a batch that is cancelled brings nothing, and can be deleted`() throws {
    var driver = Driver(answers: [[.say("One.")]])
    let name = try #require(Self.begin(&driver, "[\(Self.prompt("a"))]")["name"]?.string)
    #expect(driver.send("POST", "/v1beta/\(name):cancel").text == "{}\n")
    let cancelled = driver.send("GET", "/v1beta/\(name)")
    #expect(cancelled["metadata"]?["state"] == "BATCH_STATE_CANCELLED")
    #expect(cancelled["error"]?["code"] == 1)
    #expect(cancelled["response"] == nil)
    #expect(driver.send("DELETE", "/v1beta/\(name)").status == 200)
    #expect(driver.send("GET", "/v1beta/\(name)").status == 404)
  }

  @Test func `what is done cannot be cancelled any more`() throws {
    var driver = Driver(answers: [[.say("One.")]])
    let name = try #require(Self.begin(&driver, "[\(Self.prompt("a"))]")["name"]?.string)
    driver.pass(.seconds(11))
    #expect(driver.send("POST", "/v1beta/\(name):cancel").status == 200)
    #expect(
      driver.send("GET", "/v1beta/\(name)")["metadata"]?["state"] == "BATCH_STATE_SUCCEEDED")
  }

  @Test func `the scenario says how long it takes`() throws {
    var driver = Driver(
      SessionSettings(options: ["operation_time": .duration(.zero)]), answers: [[.say("One.")]])
    #expect(Self.begin(&driver, "[\(Self.prompt("a"))]")["done"] == true)
  }

  @Test(arguments: ["[]", "null"])
  func `a batch of nothing is refused`(requests: String) {
    var driver = Driver()
    let reply = Self.begin(&driver, requests)
    #expect(reply.status == 400)
  }

  @Test func `a batch out of a file is refused with the reason`() {
    var driver = Driver()
    let reply = driver.send(
      "POST", "/v1beta/models/gemini-x:batchGenerateContent",
      #"{"batch":{"inputConfig":{"fileName":"files/x"}}}"#)
    #expect(reply.error?["status"] == "FAILED_PRECONDITION")
    #expect(driver.explanations.first?.contains("it keeps no uploads") == true)
  }

  @Test func `a thousand requests are the most`() {
    var driver = Driver()
    let many = (0...1000).map { _ in Self.prompt("a") }.joined(separator: ",")
    #expect(Self.begin(&driver, "[\(many)]").status == 400)
  }

  @Test func `texts become vectors in a batch too`() throws {
    var driver = Driver()
    let begun = Self.begin(
      &driver, #"[{"request":{"content":{"parts":[{"text":"a"}]}}},{"request":{}}]"#,
      "asyncBatchEmbedContent", model: "gemini-embedding-001")
    let name = try #require(begun["name"]?.string)
    driver.pass(.seconds(10))
    let output = driver.send("GET", "/v1beta/\(name)")["metadata"]?["output"]
    let responses = output?["inlinedEmbedContentResponses"]?["inlinedResponses"]?.array ?? []
    #expect(responses.count == 2)
    #expect(responses[0]["response"]?["embedding"]?["values"]?.array?.count == 3072)
    #expect(responses[1]["error"]?["code"] == 3)
  }

  @Test func `a video is a file that is there when the operation is done`() throws {
    var driver = Driver(answers: [[.show(Picture(mimeType: "video/mp4", bytes: [1, 2, 3]))]])
    let begun = driver.send(
      "POST", "/v1beta/models/veo-3:predictLongRunning", #"{"instances":[{"prompt":"A cat"}]}"#)
    let name = try #require(begun["name"]?.string)
    #expect(name.hasPrefix("models/veo-3/operations/"))
    #expect(begun["done"] == nil)
    driver.pass(.seconds(10))
    let done = driver.send("GET", "/v1beta/\(name)")
    let samples = done["response"]?["generateVideoResponse"]?["generatedSamples"]?.array
    let uri = try #require(samples?.first?["video"]?["uri"]?.string)
    let path = try #require(uri.firstRange(of: "/v1beta/")).lowerBound
    let file = driver.send("GET", String(uri[path...]))
    #expect(file.body == [1, 2, 3])
    #expect(file.header("Content-Type") == "video/mp4")
    #expect(
      driver.send("GET", "/v1beta/models/veo-3/operations")["operations"]?.array?.count == 1)
    #expect(driver.send("GET", "/v1beta/models/veo-2/operations").text == "{}\n")
  }

  @Test func `numbers stand for enums of a batch where they are asked for`() throws {
    var driver = Driver(answers: [[.say("One.")]])
    let name = try #require(Self.begin(&driver, "[\(Self.prompt("a"))]")["name"]?.string)
    let list = driver.send("GET", "/v1beta/batches?$alt=json;enum-encoding=int")
    #expect(list["operations"]?.array?.first?["metadata"]?["state"] == 2)
    #expect(list["operations"]?.array?.first?["name"]?.string == name)
  }
}

@Suite("Gemini REST: corpora") struct CorpusTests {
  @Test func `a corpus lives from its making to its end`() throws {
    var driver = Driver()
    let made = driver.send("POST", "/v1beta/corpora", #"{"displayName":"Tales"}"#)
    let name = try #require(made["name"]?.string)
    #expect(made["displayName"] == "Tales")
    #expect(driver.send("GET", "/v1beta/corpora")["corpora"]?.array?.count == 1)
    let renamed = driver.send(
      "PATCH", "/v1beta/\(name)?updateMask=display_name", #"{"displayName":"Fables"}"#)
    #expect(renamed["displayName"] == "Fables")
    #expect(driver.send("DELETE", "/v1beta/\(name)").status == 200)
    #expect(driver.send("GET", "/v1beta/\(name)").status == 404)
  }

  @Test func `has permissions of its own`() throws {
    var driver = Driver(documents: [
      "corpora": [["name": "corpora/c"]], "tuned_models": [["name": "tunedModels/c"]],
    ])
    let reader = #"{"granteeType":"EVERYONE","role":"READER"}"#
    let permission = driver.send("POST", "/v1beta/corpora/c/permissions", reader)
    #expect(permission["name"]?.string?.hasPrefix("corpora/c/permissions/") == true)
    #expect(driver.send("POST", "/v1beta/corpora/c/permissions", reader).status == 409)
    let (own, its) = (
      driver.send("GET", "/v1beta/corpora/c/permissions"),
      driver.send("GET", "/v1beta/tunedModels/c/permissions")
    )
    #expect(own["permissions"]?.array?.count == 2)
    #expect(its["permissions"]?.array?.count == 1)
  }

  @Test(arguments: [
    #"{"name":"corpora/-"}"#, #"{"name":"c"}"#,
    #"{"displayName":"\#(String(repeating: "a", count: 513))"}"#,
  ])
  func `refuses names it cannot have`(body: String) {
    var driver = Driver()
    #expect(driver.send("POST", "/v1beta/corpora", body).status == 400)
  }

  @Test func `a name is taken once`() {
    var driver = Driver(documents: ["corpora": [["name": "corpora/c"]]])
    #expect(driver.send("POST", "/v1beta/corpora", #"{"name":"corpora/c"}"#).status == 409)
  }
}
