import Conversation
import Diagnostics
import Documents
import JSON

/// Makes steps of their nodes.
extension ScenarioBuilder {
  func step(_ node: DocumentNode) -> Step? {
    let lead = node.members?.first { Grammar.stepsByWord[$0.key] != nil }
    guard let lead, let action = action(lead.key, lead.value, beside: node) else { return nil }
    return Step(action, at: node.location, fault: node["fault"].flatMap(fault))
  }

  private func action(_ word: String, _ value: DocumentNode, beside node: DocumentNode)
    -> Step.Action?
  {
    switch word {
    case "await": return awaiting(value, node).map { .await($0) }
    case "wait": return value.scalar.flatMap(Values.duration).map { .wait($0) }
    case "say": return saying(value, node)
    case "think": return text(value).map { .think($0) }
    case "call": return .call(calls(value, node))
    case "cancel_calls": return .cancelCalls(value.elements.compactMap(text))
    case "execute":
      let failed = value["failed"]?.scalar.flatMap(Values.flag) ?? false
      return value["code"].flatMap(text).map {
        .execute(
          code: $0, output: value["output"].flatMap(text) ?? .literal(.string("")),
          isFailed: failed)
      }
    case "show": return showing(value)
    case "interrupt": return .interrupt
    case "fail": return .fail(failure(value))
    case "go_away": return value.scalar.flatMap(Values.duration).map { .goAway($0) }
    case "send": return raw(value).map { .send($0) }
    case "end_turn": return .endTurn(turnEnd(value))
    case "close":
      let code = value.members == nil ? value.scalar : value["code"]?.scalar
      return .close(
        code: code.flatMap(Values.closeCode), reason: value["reason"]?.scalar ?? "")
    case "repeat":
      return .repeat(times: value.scalar.flatMap { Int($0) }, steps: steps(node["steps"]))
    case "run": return value.scalar.map { .run(script: $0) }
    case "choose":
      return .choose(value.elements.map(rule), otherwise: steps(node["otherwise"]))
    case "set": return .set(templates(value))
    case "log": return text(value).map { .log($0) }
    default: return nil
    }
  }

  private func awaiting(_ value: DocumentNode, _ node: DocumentNode) -> Await? {
    let what: Await.What
    switch value.scalar {
    case "user": what = .user
    case "tool_result": what = .toolResult
    case "setup": what = .setup
    case "interruption": what = .interruption
    case "close": what = .close
    case "reconnect": what = .reconnect
    default:
      guard let kind = value["message"]?.scalar else { return nil }
      what = .message(kind)
    }
    let captures = node["capture"]?.members?.compactMap { member in
      template(member.value).map {
        Capture(name: member.key, value: $0, location: member.keyLocation)
      }
    }
    return Await(
      what, heard: node["heard"].flatMap(heard), expect: node["expect"].map(matcher),
      within: node["within"]?.scalar.flatMap(Values.duration),
      otherwise: node["otherwise"].map(steps), captures: captures ?? [])
  }

  private func saying(_ speech: DocumentNode, _ node: DocumentNode) -> Step.Action {
    .say(
      Saying(
        text: speech.members == nil ? text(speech) : speech["text"].flatMap(text),
        audio: (node["audio"] ?? speech["audio"]).flatMap(file),
        chunk: (node["chunk"] ?? speech["chunk"])?.scalar.flatMap(Values.duration)))
  }

  private func calls(_ value: DocumentNode, _ node: DocumentNode) -> [Calling] {
    if let name = value.scalar {
      return [
        Calling(name: name, arguments: templates(node["args"]), id: node["id"].flatMap(text))
      ]
    }
    return value.elements.compactMap { call in
      call["name"]?.scalar.map {
        Calling(name: $0, arguments: templates(call["args"]), id: call["id"].flatMap(text))
      }
    }
  }

  private func showing(_ value: DocumentNode) -> Step.Action? {
    guard let file = (value.members == nil ? value : value["file"]).flatMap(file) else {
      return nil
    }
    let mimeType = value["mime"]?.scalar ?? Values.mimeType(of: file.path) ?? ""
    return .show(file, mimeType: mimeType)
  }

  private func raw(_ value: DocumentNode) -> RawMessage? {
    if value.prefers(.mapping(Grammar.raw), to: .json) {
      if let text = value["text"]?.scalar { return .text(text) }
      return value["bytes"]?.scalar.flatMap { Base64.decode($0) }.map { .bytes($0) }
    }
    return template(value).map { .json($0) }
  }

  private func turnEnd(_ value: DocumentNode) -> TurnEnd {
    if let reason = value["incomplete"]?.scalar { return TurnEnd(.incomplete(reason: reason)) }
    if let failed = value["failed"] { return TurnEnd(.failed(failure(failed))) }
    return TurnEnd()
  }
}
