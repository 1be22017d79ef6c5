import JSON
import VirtualTime

/// The Interaction resource, as a client sees it at a moment.
///
/// Interactions API reference, "Interaction".
struct Resource {
  /// How much of it is shown.
  enum Detail: Hashable {
    /// The answer to a create: what the model made.
    case output
    /// The answer to a get: what the user brought comes first.
    case timeline(isInputIncluded: Bool)
    /// While it runs in the background, and when it was cancelled.
    case bare
  }

  let run: Run
  let revision: Revision
  let now: Instant

  func json(_ detail: Detail) -> JSONValue {
    let status = run.status(at: now)
    var json = head(status)
    for member in run.request.echoes(in: revision) { json[member.name] = member.value }
    json["service_tier"] = serviceTier
    json["environment_id"] = run.environmentID.map { .string($0) }
    if case .timeline(true) = detail, let input = run.request.body["input"] {
      json["input"] = input
    }
    guard status.isOver, detail != .bare else { return .object(json) }
    json["usage"] = run.usage.json
    let made = run.finishedSteps(at: now)
    switch revision {
    case .steps:
      let steps = detail == .output ? Array(made) : run.timeline(at: now)
      json["steps"] = .array(steps.map(Self.shown))
      if let errors = run.ending?.errors, !errors.isEmpty { json["errors"] = .array(errors) }
      json["continuation_token"] = run.ending?.continuationToken.map { .string($0) }
    case .legacy:
      json["outputs"] = .array(made.flatMap(Self.flattened))
      json["role"] = "model"
    }
    return .object(json)
  }

  /// What the events of a stream say of it when it begins.
  var created: JSONValue {
    switch revision {
    case .steps:
      var json: JSONObject = [
        "id": .string(run.id), "status": "in_progress", "object": "interaction",
      ]
      json[target.name] = target.value
      return .object(json)
    case .legacy: return .object(head(.inProgress))
    }
  }

  /// What the events of a stream say of it when it ends: all but the steps.
  func completed(hasUsage: Bool) -> JSONValue {
    var json = head(run.ending?.status ?? .inProgress)
    json["service_tier"] = serviceTier
    if hasUsage { json["usage"] = run.usage.json }
    switch revision {
    case .steps:
      json["continuation_token"] = run.ending?.continuationToken.map { .string($0) }
    case .legacy: json["role"] = "model"
    }
    return .object(json)
  }

  private func head(_ status: RunStatus) -> JSONObject {
    let updated = status.isOver ? run.ending?.due ?? run.startedAt : run.startedAt
    var json: JSONObject = [
      "id": .string(run.id), "status": .string(status.word(revision)), "object": "interaction",
      "created": .string(Timestamp(seconds: run.unixTime(at: run.startedAt)).text(digits: 0)),
      "updated": .string(Timestamp(seconds: run.unixTime(at: updated)).text(digits: 0)),
    ]
    json[target.name] = target.value
    return json
  }

  private var target: (name: String, value: JSONValue) {
    switch run.request.target {
    case .model(let name): ("model", .string(name))
    case .agent(let name): ("agent", .string(name))
    }
  }

  /// Nil for the tier that the legacy schema does not know.
  private var serviceTier: JSONValue? {
    let tier = run.request.serviceTier
    return revision == .legacy && tier == "deferred" ? nil : .string(tier)
  }

  /// Interactions API reference, "FileSearchResultStep": what was found is told in the delta alone.
  private static func shown(_ step: JSONObject) -> JSONValue {
    guard step["type"] == "file_search_result" else { return .object(step) }
    var step = step
    step["result"] = nil
    return .object(step)
  }

  /// Migration guide, "outputs": what a step of the model holds, without the step.
  private static func flattened(_ step: JSONObject) -> [JSONValue] {
    step["type"]?.string == "model_output" ? step["content"]?.array ?? [] : [.object(step)]
  }
}
