import JSON
import Wire

/// ModelService on tunedModels, and their operations.
extension Shelf {
  /// The model, or the service's word for that there is none.
  func tunedModel(_ name: String, _ call: Call) throws(Refusal) -> TunedModel {
    guard let model = tunedModels[name] else {
      throw Refusal(
        .notFound, "Tuned model \(name) does not exist.",
        explanation: tunedModels.names.isEmpty
          ? "there is no tuned model; create it, or list it under 'gemini-rest: tuned_models:'"
          : "there is no \(name), only \(tunedModels.names.prefix(5).joined(separator: ", "))")
    }
    return model
  }

  mutating func createTunedModel(_ call: inout Call) throws(Refusal) -> Answer {
    let asked = call.request.query("tunedModelId") ?? call.request.query("tuned_model_id")
    if let asked, !TunedModel.isID(asked) {
      throw Refusal(
        .invalidArgument,
        "* CreateTunedModelRequest.tuned_model_id: must match [a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        details: [Refusal.badRequest([("tuned_model_id", "invalid id")])])
    }
    let body = try call.body(at: "tuned_model")
    let id = asked ?? Self.generatedID(body["displayName"]?.string ?? "", &call)
    let name = "tunedModels/\(id)"
    if tunedModels[name] != nil {
      throw Refusal(
        .alreadyExists, "Tuned model \(name) already exists.",
        explanation: "choose another tunedModelId, or delete \(name) first")
    }
    var model = try TunedModel(body, id: id, in: &call)
    try completeSource(of: &model, call)
    try tunedModels.insert(model, as: name)
    return .message(model.operationJSON(in: call))
  }

  /// The words of the display name and five characters more, as recorded names are made.
  private static func generatedID(_ displayName: String, _ call: inout Call) -> String {
    var words = ""
    for character in displayName.lowercased() {
      if character.isASCII, character.isLetter || character.isNumber {
        words.append(character)
      } else if !words.isEmpty, words.last != "-" {
        words.append("-")
      }
    }
    let stem = words.drop { !$0.isLetter }.prefix(34).trimming("-")
    if stem.isEmpty { return "m" + call.randomID(11) }
    return "\(stem)-\(call.randomID(5))"
  }

  /// TunedModelSource: a tuned model can be tuned on, once it is ready; its base is told as well.
  private func completeSource(of model: inout TunedModel, _ call: Call) throws(Refusal) {
    guard model.source.name == "tunedModelSource" else { return }
    let name = model.source.value["tunedModel"]?.string ?? ""
    let source = try tunedModel(name, call)
    try requireActive(source, call)
    model.source.value = ["tunedModel": .string(name), "baseModel": source.baseModel]
  }

  /// Inference and further tuning need a model that is ready.
  func requireActive(_ model: TunedModel, _ call: Call) throws(Refusal) {
    let state = model.tuning.state(at: call.now)
    if state != .active {
      throw Refusal(
        .failedPrecondition,
        "Tuned model \(model.name) is not ready: its state is \(state.rawValue).",
        explanation: "poll \(model.operation) until it is done")
    }
  }

  mutating func listTunedModels(_ call: inout Call) throws(Refusal) -> Answer {
    let filter = call.request.query("filter") ?? ""
    let page = try Page(of: call, sizeDefault: 10, sizeMax: 1000, scope: filter)
    let words = filter.lowercased().split(separator: " ").map(String.init)
    let user = call.options.user
    let models = tunedModels.all.filter { $0.answers(words, user: user) }
    let now = call.now
    return .message(
      page.cut(models.map { .object($0.json(at: now)) }, as: "tunedModels"))
  }

  mutating func getTunedModel(_ call: inout Call) throws(Refusal) -> Answer {
    let model = try tunedModel(call.route.name(), call)
    return .message(.object(model.json(at: call.now)))
  }

  mutating func patchTunedModel(_ call: inout Call) throws(Refusal) -> Answer {
    var model = try tunedModel(call.route.name(), call)
    let body = try call.body(at: "tuned_model")
    let fields = try TunedModel.readEditable(body)
    // google-genai sends no mask: then the fields that are there are meant.
    let mask = call.updateMask() ?? fields.names
    for field in mask == ["*"] ? TunedModel.editableFields : mask {
      guard TunedModel.editableFields.contains(field) else {
        throw .badField(
          "update_mask", of: "UpdateTunedModelRequest",
          "\(MessageTable.snakeCase(field)) cannot be updated")
      }
      // FieldMask: a field of the mask that the message lacks is cleared.
      model.editable[field] = fields[field]
    }
    model.updated = max(call.now, model.updated)
    tunedModels.replace(model.name, by: model)
    return .message(.object(model.json(at: call.now)))
  }

  mutating func deleteTunedModel(_ call: inout Call) throws(Refusal) -> Answer {
    let model = try tunedModel(call.route.name(), call)
    tunedModels.remove(model.name)
    return .empty
  }

  /// `tunedModels/x:cancel`, which google-genai sends for a tuning job.
  mutating func cancelTunedModel(_ call: inout Call) throws(Refusal) -> Answer {
    try cancel(try tunedModel(call.route.name(), call), call)
  }

  // MARK: - Operations

  mutating func listOperations(_ call: inout Call) throws(Refusal) -> Answer {
    let model = try tunedModel(call.route.name(2), call)
    let page = try Page(of: call, sizeDefault: 10, sizeMax: 1000, scope: model.name)
    return .message(page.cut([model.operationJSON(in: call)], as: "operations"))
  }

  mutating func getOperation(_ call: inout Call) throws(Refusal) -> Answer {
    .message(try operation(call).operationJSON(in: call))
  }

  mutating func cancelOperation(_ call: inout Call) throws(Refusal) -> Answer {
    try cancel(try operation(call), call)
  }

  /// Operations, "DeleteOperation": the client is no longer interested; nothing is cancelled. The
  /// operation is part of its model here, and goes with it.
  mutating func deleteOperation(_ call: inout Call) throws(Refusal) -> Answer {
    _ = try operation(call)
    call.note("\(call.route.name()) stays until its tuned model is deleted")
    return .empty
  }

  private func operation(_ call: Call) throws(Refusal) -> TunedModel {
    guard let model = tunedModels[call.route.name(2)], model.operation == call.route.name() else {
      throw Refusal(
        .notFound, "Operation \(call.route.name()) does not exist.",
        explanation: "create answers with the operation's name; it goes with its tuned model")
    }
    return model
  }

  /// Operations, "CancelOperation": what is done already stays as it is.
  private mutating func cancel(_ model: TunedModel, _ call: Call) throws(Refusal) -> Answer {
    if !model.tuning.isDone(at: call.now) {
      var model = model
      model.tuning.cancelled = call.now
      tunedModels.replace(model.name, by: model)
    }
    return .empty
  }
}

extension TunedModel {
  /// ListTunedModelsRequest, "filter": a full text search over name and description, and operators
  /// on who may do what. What everyone may read comes only when asked for.
  fileprivate func answers(_ words: [String], user: String) -> Bool {
    let roles = permissions.all.filter { $0.grantee == .user(user) }.map(\.role)
    let isPublic = permissions.all.contains { $0.grantee == .everyone }
    let text = ["displayName", "description"].compactMap { editable[$0]?.string?.lowercased() }
    let operators = ["owner:me", "writers:me", "readers:me", "readers:everyone"]
    if !words.contains(where: operators.contains), isPublic, roles.isEmpty { return false }
    return words.allSatisfy { word in
      switch word {
      case "owner:me": roles.contains(.owner)
      case "writers:me": roles.contains(.writer)
      case "readers:me": roles.contains(.reader)
      case "readers:everyone": isPublic
      default: text.contains { $0.contains(word) }
      }
    }
  }
}

extension StringProtocol {
  /// Without `character` at the end.
  fileprivate func trimming(_ character: Character) -> String {
    String(reversed().drop { $0 == character }.reversed())
  }
}
