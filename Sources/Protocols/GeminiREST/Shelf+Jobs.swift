import JSON
import VirtualTime

/// What begins an operation: batches of prompts and of texts, and videos.
extension Shelf {
  /// What an assignment is for.
  enum Purpose: Hashable, Sendable {
    case batch(displayName: String)
    case video
  }

  /// Batch API: 100 MB hold more, but each is a conversation here.
  private static let requestsMax = 1000

  func batch(_ call: inout Call) throws(Refusal) -> (items: [Assignment.Item], purpose: Purpose) {
    try call.requireModel(for: "batchGenerateContent")
    let batch = try call.body()["batch"]?.object ?? [:]
    var items: [Assignment.Item] = []
    for inlined in try Self.requests(of: batch, "BatchGenerateContentRequest") {
      let metadata = inlined["metadata"]
      do throws(Refusal) {
        let prompt = try Prompt(inlined["request"]?.object ?? [:], shelf: self, in: &call)
        items.append(Assignment.Item(prompt: prompt, refusal: nil, metadata: metadata))
      } catch {
        call.note("request \(items.count + 1) of the batch is refused: \(error.explanation)")
        items.append(Assignment.Item(prompt: nil, refusal: error, metadata: metadata))
      }
    }
    return (items, .batch(displayName: batch["displayName"]?.string ?? ""))
  }

  /// Veo, "Generate videos": one prompt, whose pictures become files.
  func video(_ call: inout Call) throws(Refusal) -> (items: [Assignment.Item], purpose: Purpose) {
    try call.requireModel(for: "predictLongRunning")
    let prompt = try Prompt(prediction: try call.body())
    return ([Assignment.Item(prompt: prompt, refusal: nil, metadata: nil)], .video)
  }

  mutating func createEmbeddingBatch(_ call: inout Call) throws(Refusal) -> Answer {
    try call.requireModel(for: "embedContent")
    let batch = try call.body()["batch"]?.object ?? [:]
    var responses: [JSONValue] = []
    var failedCount = 0
    for inlined in try Self.requests(of: batch, "AsyncBatchEmbedContentRequest") {
      var response: JSONObject
      do throws(Refusal) {
        let embedding = try Embedding.json(
          of: inlined["request"]?.object ?? [:], model: call.route.name())
        response = ["response": ["embedding": embedding]]
      } catch {
        failedCount += 1
        response = ["error": Self.status(error.body)]
      }
      response["metadata"] = inlined["metadata"]
      responses.append(.object(response))
    }
    let job = Self.batch(
      responses, failedCount: failedCount, as: "inlinedEmbedContentResponses",
      displayName: batch["displayName"]?.string ?? "", in: &call)
    try jobs.insert(job, as: job.name)
    return .message(job.json(in: call))
  }

  /// The operation of an assignment that is done.
  mutating func begin(_ assignment: Assignment, for purpose: Purpose, _ call: inout Call)
    throws(Refusal) -> Answer
  {
    let job: Job
    switch purpose {
    case .batch(let displayName):
      let responses = assignment.answers.map { answer -> JSONValue in
        var response: JSONObject =
          answer.isFailed ? ["error": Self.status(answer.body)] : ["response": answer.body]
        response["metadata"] = answer.metadata
        return .object(response)
      }
      job = Self.batch(
        responses, failedCount: assignment.answers.count { $0.isFailed }, as: "inlinedResponses",
        displayName: displayName, in: &call)
    case .video: job = try video(assignment.answers.first?.body ?? [:], &call)
    }
    try jobs.insert(job, as: job.name)
    return .message(job.json(in: call))
  }

  private static func batch(
    _ responses: [JSONValue], failedCount: Int, as key: String, displayName: String,
    in call: inout Call
  ) -> Job {
    let batch = Job.Batch(
      model: call.route.name(), displayName: displayName, requestCount: responses.count,
      failedCount: failedCount)
    return Job(
      name: "batches/\(call.randomID(36))", kind: .batch(batch), created: call.now,
      lasts: call.options.operationTime,
      result: [key: ["inlinedResponses": .array(responses)]])
  }

  /// PredictLongRunningResponse; a video is a file that is there when the operation is done.
  private mutating func video(_ answer: JSONValue, _ call: inout Call) throws(Refusal) -> Job {
    let lasts = call.options.operationTime
    var samples: [JSONValue] = []
    var reasons: [JSONValue] = []
    for prediction in answer["predictions"]?.array ?? [] {
      if let reason = prediction["raiFilteredReason"] { reasons.append(reason) }
      guard let data = prediction["bytesBase64Encoded"]?.string, let bytes = Base64.decode(data)
      else { continue }
      let file = StoredFile(
        made: bytes, mimeType: prediction["mimeType"]?.string ?? "video/mp4",
        name: "files/\(call.randomID())", at: call.now + lasts)
      try files.insert(file, as: file.name)
      samples.append([
        "video": ["uri": .string("\(call.base)\(file.name):download?alt=media")]
      ])
    }
    var response: JSONObject = [:]
    if !samples.isEmpty { response["generatedSamples"] = .array(samples) }
    if !reasons.isEmpty {
      response["raiMediaFilteredCount"] = .int(reasons.count)
      response["raiMediaFilteredReasons"] = .array(reasons)
    }
    return Job(
      name: "\(call.route.name())/operations/\(call.randomID())", kind: .video, created: call.now,
      lasts: lasts, result: ["generateVideoResponse": .object(response)])
  }

  /// InputConfig: requests in the call itself. Uploads are not kept, so a file says nothing.
  private static func requests(of batch: JSONObject, _ message: String) throws(Refusal)
    -> [JSONObject]
  {
    let input = batch["inputConfig"]
    if input?["fileName"] != nil {
      throw Refusal(
        .failedPrecondition, "The contents of the file are not available.",
        explanation: "mockgem reads batches of inlined requests only: it keeps no uploads")
    }
    let requests = (input?["requests"]?["requests"]?.array ?? []).compactMap(\.object)
    guard !requests.isEmpty else {
      throw .badField("batch.input_config", of: message, "must hold requests")
    }
    guard requests.count <= requestsMax else {
      throw .badField(
        "batch.input_config.requests", of: message, "must hold at most \(requestsMax) requests")
    }
    return requests
  }

  /// google.rpc.Status of an HTTP error body.
  private static func status(_ body: JSONValue) -> JSONValue {
    let name = body["error"]?["status"]?.string ?? ""
    let status = RPCStatus(rawValue: name) ?? .unknown
    return [
      "code": .int(status.number), "message": body["error"]?["message"] ?? "No answer.",
    ]
  }
}
