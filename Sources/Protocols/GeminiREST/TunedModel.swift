import JSON
import VirtualTime

/// A tuned model, and what belongs to it.
struct TunedModel: Sendable {
  let name: String
  /// `displayName`, `description`, `temperature`, `topP`, `topK` and `readerProjectNumbers`: what a
  /// client may change (TunedModel, fields that are neither output only nor immutable).
  var editable: JSONObject
  /// `baseModel` or `tunedModelSource`.
  var source: JSONMember
  let hyperparameters: JSONObject
  let created: Timestamp
  var updated: Timestamp
  var tuning: Tuning
  let operation: String
  var permissions = Drawer<Permission>()

  /// The model that everything began with.
  var baseModel: JSONValue {
    source.name == "baseModel" ? source.value : source.value["baseModel"] ?? ""
  }

  static let editableFields = [
    "displayName", "description", "temperature", "topP", "topK", "readerProjectNumbers",
  ]

  /// `tunedModels`, "create": at most 40 characters, which begin with a letter.
  static func isID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let isLetter: (UInt8) -> Bool = { (0x61...0x7A).contains($0) }
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    guard (1...40).contains(bytes.count), isLetter(bytes[0]), bytes.last != UInt8(ascii: "-")
    else { return false }
    return bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
  }

  /// The resource as it is answered; the training data never is.
  func json(at now: Timestamp) -> JSONObject {
    var task: JSONObject = ["startTime": .string(tuning.start.text(digits: 9))]
    if let completed = tuning.completed(at: now) {
      task["completeTime"] = .string(completed.text(digits: 9))
    }
    let snapshots = tuning.snapshots(at: now)
    if !snapshots.isEmpty { task["snapshots"] = .array(snapshots) }
    task["hyperparameters"] = .object(hyperparameters)
    var json: JSONObject = ["name": .string(name)]
    for field in Self.editableFields {
      if let value = editable[field], !value.isDefault(field) { json[field] = value }
    }
    json["state"] = .string(tuning.state(at: now).rawValue)
    json["createTime"] = .string(created.text)
    json["updateTime"] = .string(max(updated, tuning.completed(at: now) ?? updated).text)
    json["tuningTask"] = .object(task)
    json[source.name] = source.value
    return json
  }

  /// google.longrunning.Operation.
  func operationJSON(in call: Call) -> JSONValue {
    var json: JSONObject = [
      "name": .string(operation),
      "metadata": tuning.metadata(
        of: name, type: call.typeURL("CreateTunedModelMetadata"), at: call.now),
    ]
    guard tuning.isDone(at: call.now) else { return .object(json) }
    json["done"] = true
    if tuning.cancelled != nil {
      json["error"] = ["code": .int(RPCStatus.cancelled.number), "message": "Operation cancelled."]
    } else if let failure = tuning.failure {
      json["error"] = ["code": .int(RPCStatus.internalError.number), "message": .string(failure)]
    } else {
      let model = self.json(at: call.now)
      json["response"] = .object(
        JSONObject([JSONMember(name: "@type", value: call.typeURL("TunedModel"))] + model.members))
    }
    return .object(json)
  }
}

extension JSONValue {
  /// Whether ProtoJSON leaves this out: the fields with presence are written even as zero.
  fileprivate func isDefault(_ field: String) -> Bool {
    if ["temperature", "topP", "topK"].contains(field) { return isNull }
    return string == "" || array?.isEmpty == true || isNull
  }
}

extension TunedModel {
  /// A model that a client makes; tuning begins now.
  init(_ body: JSONObject, id: String, in call: inout Call) throws(Refusal) {
    let message = "CreateTunedModelRequest"
    let task = body["tuningTask"]?.object ?? [:]
    let examples = task["trainingData"]?["examples"]?["examples"]?.array ?? []
    if examples.isEmpty {
      if call.options.requiresTrainingData {
        throw .badField(
          "tuned_model.tuning_task.training_data", of: message, "training data is required")
      }
      call.note("a tuned model without training data: accepted, as the scenario says")
    }
    try self.init(
      body, name: "tunedModels/\(id)", examples: examples.count, plan: call.options.tuning,
      at: call.now, operation: call.randomID())
    try permissions.insert(
      Permission(role: .owner, grantee: .user(call.options.user)), as: "owner")
  }

  /// A model that is there at the start: ACTIVE unless the document says otherwise.
  init(document: JSONValue, _ options: Options, at start: Timestamp) throws(Refusal) {
    let body = try MessageReader.read(document, as: "TunedModel")
    let name = body["name"]?.string ?? ""
    let id = name.hasPrefix("tunedModels/") ? String(name.dropFirst(12)) : name
    guard Self.isID(id) else {
      throw Refusal(
        .invalidArgument, "'name' must be tunedModels/ID, and ID match [a-z]([a-z0-9-]*[a-z0-9])?")
    }
    var plan = options.tuning
    var begin = start
    switch body["state"]?.string ?? "ACTIVE" {
    case "CREATING": break
    case "FAILED":
      plan.failure = plan.failure ?? "Tuning failed."
      begin = start - plan.lasts
    default:
      plan.failure = nil
      begin = start - plan.lasts
    }
    let count = body["tuningTask"]?["trainingData"]?["examples"]?["examples"]?.array?.count
    try self.init(
      body, name: "tunedModels/\(id)", examples: count ?? 20, plan: plan, at: begin,
      operation: "initial")
    try permissions.insert(Permission(role: .owner, grantee: .user(options.user)), as: "owner")
  }

  private init(
    _ body: JSONObject, name: String, examples: Int, plan: TuningPlan, at start: Timestamp,
    operation: String
  ) throws(Refusal) {
    self.name = name
    editable = try Self.readEditable(body)
    if let source = body["tunedModelSource"]?.object {
      self.source = JSONMember(name: "tunedModelSource", value: .object(source))
    } else {
      self.source = JSONMember(
        name: "baseModel", value: body["baseModel"] ?? "models/gemini-1.5-flash-001-tuning")
    }
    let asked = body["tuningTask"]?["hyperparameters"]?.object ?? [:]
    let epochs = asked["epochCount"]?.integer ?? 5
    let batch = asked["batchSize"]?.integer ?? (examples < 64 ? 4 : 16)
    guard (1...100_000).contains(epochs), (1...100_000).contains(batch) else {
      throw .badField(
        "tuned_model.tuning_task.hyperparameters", of: "CreateTunedModelRequest",
        "epoch_count and batch_size must be positive")
    }
    var hyperparameters: JSONObject = ["epochCount": .int(epochs), "batchSize": .int(batch)]
    if let multiplier = asked["learningRateMultiplier"] {
      hyperparameters["learningRateMultiplier"] = multiplier
    } else {
      hyperparameters["learningRate"] = asked["learningRate"] ?? .double(0.001)
    }
    self.hyperparameters = hyperparameters
    let seen = max(1, examples)
    tuning = Tuning(
      start: start, lasts: plan.lasts,
      totalSteps: plan.steps ?? min(TuningPlan.stepsMax, (seen * epochs + batch - 1) / batch),
      stepsPerEpoch: Double(seen) / Double(batch), failure: plan.failure)
    created = start
    updated = start
    self.operation = "\(name)/operations/\(operation)"
  }

  /// The fields a client may set, checked (TunedModel, field comments).
  static func readEditable(_ body: JSONObject) throws(Refusal) -> JSONObject {
    var editable: JSONObject = [:]
    for field in editableFields { editable[field] = body[field] }
    if let name = editable["displayName"]?.string, name.count > 40 {
      throw .badField(
        "tuned_model.display_name", of: "TunedModel", "must be at most 40 characters")
    }
    for (field, range) in [("temperature", 0.0...2.0), ("topP", 0.0...1.0)] {
      if let value = editable[field]?.double, !range.contains(value) {
        throw .badField(
          "tuned_model.\(MessageTable.snakeCase(field))", of: "TunedModel",
          "must be between \(range.lowerBound) and \(range.upperBound)")
      }
    }
    if let numbers = editable["readerProjectNumbers"]?.array {
      // int64 is a string in answers.
      editable["readerProjectNumbers"] = .array(
        numbers.map { .string($0.string ?? $0.number?.text ?? "") })
    }
    return editable
  }
}
