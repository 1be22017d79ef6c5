import JSON
import VirtualTime

/// A long-running operation that is no tuning: what comes of it is known from the beginning, and
/// shown when its time has come.
///
///     running --lasts--> succeeded
///        '--cancelled--> cancelled
struct Job: Sendable {
  enum Kind: Sendable {
    /// `batches/…`: so many requests to a model, some of which failed.
    case batch(Batch)
    /// `models/…/operations/…`
    case video
    /// An operation out of the scenario, as it was written there.
    case written(JSONObject)
  }

  struct Batch: Sendable {
    let model: String
    let displayName: String
    let requestCount: Int
    let failedCount: Int
  }

  let name: String
  let kind: Kind
  let created: Timestamp
  let lasts: Duration
  /// What it ends with, without its type.
  let result: JSONObject
  var cancelled: Timestamp?

  private func end(at now: Timestamp) -> Timestamp? {
    cancelled ?? (now < created + lasts ? nil : created + lasts)
  }

  func isDone(at now: Timestamp) -> Bool { end(at: now) != nil }

  /// google.longrunning.Operation.
  func json(in call: Call) -> JSONValue {
    var json: JSONObject = ["name": .string(name)]
    switch kind {
    case .written(let operation): return .object(operation)
    case .batch(let batch): json["metadata"] = .object(metadata(batch, in: call))
    case .video: break
    }
    guard isDone(at: call.now) else { return .object(json) }
    json["done"] = true
    if cancelled != nil {
      json["error"] = ["code": .int(RPCStatus.cancelled.number), "message": "Operation cancelled."]
      return .object(json)
    }
    let type =
      switch kind {
      case .batch, .written: "GenerateContentBatchOutput"
      case .video: "PredictLongRunningResponse"
      }
    json["response"] = .object(
      JSONObject([JSONMember(name: "@type", value: call.typeURL(type))] + result.members))
    return .object(json)
  }

  /// Batch API, "Monitoring job status": clients read the state and the output here.
  private func metadata(_ batch: Batch, in call: Call) -> JSONObject {
    let end = end(at: call.now)
    let state =
      end == nil
      ? "BATCH_STATE_RUNNING" : "BATCH_STATE_\(cancelled == nil ? "SUCCEEDED" : "CANCELLED")"
    var metadata: JSONObject = [
      "@type": call.typeURL("GenerateContentBatch"), "model": .string(batch.model),
    ]
    if !batch.displayName.isEmpty { metadata["displayName"] = .string(batch.displayName) }
    metadata["createTime"] = .string(created.text(digits: 9))
    metadata["updateTime"] = .string((end ?? created).text(digits: 9))
    if let end { metadata["endTime"] = .string(end.text(digits: 9)) }
    metadata["batchStats"] = .object(stats(batch, isDone: end != nil && cancelled == nil))
    metadata["state"] = .string(state)
    metadata["name"] = .string(name)
    if end != nil, cancelled == nil { metadata["output"] = .object(result) }
    return metadata
  }

  /// BatchStats: int64 as text, and nothing for a zero.
  private func stats(_ batch: Batch, isDone: Bool) -> JSONObject {
    let counts =
      isDone
      ? [
        ("successfulRequestCount", batch.requestCount - batch.failedCount),
        ("failedRequestCount", batch.failedCount),
      ] : [("pendingRequestCount", batch.requestCount)]
    var stats: JSONObject = ["requestCount": .string(String(batch.requestCount))]
    for (name, count) in counts where count > 0 { stats[name] = .string(String(count)) }
    return stats
  }

  /// An operation that is there at the start.
  init(document: JSONValue, at start: Timestamp) throws(Refusal) {
    let body = try MessageReader.read(document, as: "Operation")
    guard let name = body["name"]?.string, name.contains("/") else {
      throw Refusal(.invalidArgument, "'name' must be batches/ID or …/operations/ID")
    }
    self.init(
      name: name, kind: .written(body), created: start, lasts: .zero, result: [:])
  }

  init(name: String, kind: Kind, created: Timestamp, lasts: Duration, result: JSONObject) {
    self.name = name
    self.kind = kind
    self.created = created
    self.lasts = lasts
    self.result = result
  }
}

/// Operations, for what is no tuning.
extension Shelf {
  /// Those of one kind: `batches`, or the operations of a model; `operations` are all of them.
  mutating func listJobs(_ call: inout Call) throws(Refusal) -> Answer {
    let collection = call.route.name()
    let page = try Page(of: call, sizeDefault: 10, sizeMax: 1000, scope: collection)
    let found = jobs.all.filter {
      collection == "operations" || $0.name.hasPrefix(collection + "/")
    }
    let items = found.map { $0.json(in: call) }
    return .message(page.cut(items, as: "operations"))
  }

  mutating func getJob(_ call: inout Call) throws(Refusal) -> Answer {
    .message(try job(call).json(in: call))
  }

  /// Operations, "CancelOperation": what is done already stays as it is.
  mutating func cancelJob(_ call: inout Call) throws(Refusal) -> Answer {
    var job = try job(call)
    if !job.isDone(at: call.now) {
      job.cancelled = call.now
      jobs.replace(job.name, by: job)
    }
    return .empty
  }

  mutating func deleteJob(_ call: inout Call) throws(Refusal) -> Answer {
    jobs.remove(try job(call).name)
    return .empty
  }

  private func job(_ call: Call) throws(Refusal) -> Job {
    guard let job = jobs[call.route.name()] else {
      throw Refusal(
        .notFound, "Requested entity was not found.",
        explanation: "there is no \(call.route.name()); batchGenerateContent and "
          + "predictLongRunning answer with the names of what they begin")
    }
    return job
  }
}
