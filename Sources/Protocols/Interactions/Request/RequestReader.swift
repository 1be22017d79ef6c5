import JSON

/// Reads the body of a create request, and finds all that the service would refuse.
struct RequestReader {
  private(set) var request: CreateRequest?
  private(set) var refusals: [Refusal] = []
  /// The models that exist; nil lets every name pass.
  private let models: [String]?

  init(_ bytes: [UInt8], _ revision: Revision, models: [String]?) {
    self.models = models
    let body: JSONValue
    do {
      body = try JSONValue(parsing: bytes)
    } catch {
      refusals.append(
        .invalid(
          "Invalid JSON payload received. \(error.reason) at line \(error.line), "
            + "column \(error.column)."))
      return
    }
    guard let object = body.object else {
      refusals.append(.invalid("Invalid JSON payload received. The body must be an object."))
      return
    }
    read(object, revision, byteCount: bytes.count)
  }

  private mutating func read(_ body: JSONObject, _ revision: Revision, byteCount: Int) {
    guard let target = target(of: body) else { return }
    var fields: [String: FieldRule]
    switch target {
    case .model: fields = RequestFields.model
    case .agent: fields = RequestFields.agent
    }
    // Legacy clients may give any JSON schema here.
    if revision == .legacy { fields["response_format"] = .anything }
    refusals += FieldRule.refusals(of: body, fields, required: [], at: Place())
    var steps: [JSONObject] = []
    if let input = body["input"], !input.isNull {
      let reader = InputReader(input, revision)
      refusals += reader.refusals
      steps = reader.steps
    } else if body["continuation_token"]?.string == nil {
      refusals.append(.missing("input", at: Place()))
    }
    let request = CreateRequest(
      target: target, revision: revision, body: body, steps: steps, byteCount: byteCount)
    refusals += InteractionRules.refusals(of: request)
    self.request = request
  }

  /// Interactions API reference, "model" and "agent": exactly one of them.
  private mutating func target(of body: JSONObject) -> CreateRequest.Target? {
    switch (body["model"]?.string, body["agent"]?.string) {
    case (let model?, nil):
      let prefix = "models/"
      let name = model.hasPrefix(prefix) ? String(model.dropFirst(prefix.count)) : model
      if name.isEmpty { break }
      check(model: name)
      return .model(name)
    case (nil, let agent?):
      if agent.isEmpty { break }
      return .agent(agent)
    case (_?, _?):
      refusals.append(.invalid("Only one of 'model' and 'agent' can be specified."))
      return nil
    case (nil, nil): break
    }
    refusals.append(.invalid("One of 'model' and 'agent' must be specified."))
    return nil
  }

  private mutating func check(model: String) {
    guard let models, !models.contains(model) else { return }
    refusals.append(
      Refusal(
        "model_not_found", "Model '\(model)' was not found.",
        hint: "the scenario has \(models.map { "'\($0)'" }.joined(separator: ", "))"))
  }
}
