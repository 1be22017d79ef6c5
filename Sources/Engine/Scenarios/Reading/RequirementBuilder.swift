import Documents
import JSON

/// Makes the requirement of a scenario. What the checker complained about is left out.
extension ScenarioBuilder {
  func requirement(_ node: DocumentNode) -> Requirement {
    Requirement(
      level: node["level"]?.scalar.flatMap(Requirement.Level.init) ?? .must,
      text: node["text"]?.scalar ?? "", source: node["source"]?.scalar ?? "",
      errand: errand(node["task"]), report: node["report"].map(matcher),
      forgiven: Set(node["forgive"].map(texts) ?? []), location: node.location)
  }

  private func errand(_ node: DocumentNode?) -> Errand {
    let turns = node?["turns"]?.elements.map { turn in
      Errand.Turn(
        text: turn["text"]?.scalar ?? turn.scalar, audio: turn["audio"].flatMap(file),
        isInterrupting: turn["interrupt"]?.scalar.flatMap(Values.flag) ?? false)
    }
    let others = (node?.members ?? []).filter { $0.key != "turns" }
    return Errand(
      turns: turns ?? [],
      others: JSONObject(others.map { JSONMember(name: $0.key, value: $0.value.json) }))
  }
}
