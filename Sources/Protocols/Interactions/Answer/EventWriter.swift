import JSON
import VirtualTime
import Wire

/// Gives the events of a run the form a revision has for them.
///
/// Interactions API reference, "Streaming"; migration guide, "Event names".
struct EventWriter {
  let run: Run
  let revision: Revision
  let lines: ServerSentEventWriter
  let failures: Options.FailureForm
  /// The streamed create of a deep research was seen to end without its usage.
  let hasUsage: Bool

  /// Nil where the revision has no such event: the legacy schema sends arguments in one piece.
  func payload(_ event: RunEvent, id: String?) -> Payload? {
    switch event {
    case .created: payload(name: .created, ["interaction": resource.created], id)
    case .status:
      payload(
        name: .status,
        ["interaction_id": .string(run.id), "status": .string(RunStatus.inProgress.rawValue)], id)
    case .start(let index):
      payload(name: .start, ["index": .int(index), stepName: .object(opening(index))], id)
    case .delta(let index, let delta):
      payload(
        name: .delta, ["index": .int(index), "delta": .object(formed(delta, of: index))], id)
    case .arguments(let index, let piece, let isFirst): arguments(index, piece, isFirst, id)
    case .stop(let index): payload(name: .stop, ["index": .int(index)], id)
    case .completed:
      payload(name: .completed, ["interaction": resource.completed(hasUsage: hasUsage)], id)
    case .error(let error): failure(error, id)
    case .raw(let message): raw(message)
    }
  }

  /// The end of a stream; clients do without it as well.
  var done: Payload { lines.payload(ServerSentEvent(name: "done", data: .text("[DONE]"))) }

  /// Whether the stream ends with an error that is no event: then nothing follows.
  var isBrokenOff: Bool {
    guard failures != .event, case .error = run.events.last?.event else { return false }
    return true
  }

  private func failure(_ error: JSONValue, _ id: String?) -> Payload {
    switch failures {
    case .event: payload(name: .error, ["error": error], id)
    case .line: Payload(JSONValue.object(["error": error]).encoded + [0x0A])
    case .array: Payload(JSONValue.array([Refusal.frontEnd(error)]).encoded + [0x0A])
    }
  }

  private enum Name {
    case created, status, start, delta, stop, completed, error

    func word(_ revision: Revision) -> String {
      switch (self, revision) {
      case (.created, .steps): "interaction.created"
      case (.created, .legacy): "interaction.start"
      case (.status, _): "interaction.status_update"
      case (.start, .steps): "step.start"
      case (.start, .legacy): "content.start"
      case (.delta, .steps): "step.delta"
      case (.delta, .legacy): "content.delta"
      case (.stop, .steps): "step.stop"
      case (.stop, .legacy): "content.stop"
      case (.completed, .steps): "interaction.completed"
      case (.completed, .legacy): "interaction.complete"
      case (.error, _): "error"
      }
    }
  }

  private var resource: Resource {
    Resource(run: run, revision: revision, now: run.ending?.due ?? run.startedAt)
  }

  private var stepName: String {
    switch revision {
    case .steps: "step"
    case .legacy: "content"
    }
  }

  private func payload(name: Name, _ fields: JSONObject, _ id: String?) -> Payload {
    let word = name.word(revision)
    var json = fields
    if let id { json["event_id"] = .string(id) }
    json["event_type"] = .string(word)
    return lines.payload(.json(.object(json), name: word))
  }

  /// What is known of a step when it begins; the rest comes in deltas.
  private func opening(_ index: Int) -> JSONObject {
    let step = run.steps[index]
    let type = step["type"]?.string ?? ""
    var opening: JSONObject = ["type": .string(type)]
    switch (type, revision) {
    case ("function_call", _):
      opening["id"] = step["id"]
      opening["name"] = step["name"]
      opening["arguments"] = [:]
    case ("model_output", .legacy):
      opening["type"] = step["content"]?.array?.first?["type"] ?? "text"
      if opening["type"] == "text" { opening["text"] = "" }
    case (_, .steps):
      opening["id"] = step["id"]
      opening["call_id"] = step["call_id"]
      // The delta has no place for it.
      opening["search_type"] = step["search_type"]
    case (_, .legacy): break
    }
    return opening
  }

  private func formed(_ delta: JSONObject, of index: Int) -> JSONObject {
    let type = delta["type"]?.string ?? ""
    switch revision {
    case .steps:
      var formed = delta
      formed["type"] = nil
      formed["type"] = .string(type)
      return formed
    case .legacy:
      // A delta of a tool says again which call it belongs to.
      if StepFields.tools[type] != nil {
        var whole = run.steps[index]
        whole["search_type"] = nil
        return whole
      }
      var formed: JSONObject = [
        "type": .string(type == "text_annotation_delta" ? "text_annotation" : type)
      ]
      for member in delta.members where member.name != "type" {
        formed[member.name] = member.value
      }
      return formed
    }
  }

  private func arguments(_ index: Int, _ piece: String, _ isFirst: Bool, _ id: String?) -> Payload?
  {
    switch (revision, isFirst) {
    case (.steps, _):
      payload(
        name: .delta,
        ["index": .int(index), "delta": ["arguments": .string(piece), "type": "arguments_delta"]],
        id)
    case (.legacy, true):
      payload(name: .delta, ["index": .int(index), "delta": .object(run.steps[index])], id)
    case (.legacy, false): nil
    }
  }

  private func raw(_ message: Message) -> Payload {
    switch message.content {
    case .json(let value): lines.payload(.json(value, name: value["event_type"]?.string))
    case .bytes(let bytes): Payload(bytes)
    }
  }
}
