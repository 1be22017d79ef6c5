import Conversation
package import Diagnostics
package import Documents

/// Turns a document into a scenario, or into everything that is wrong with it.
package enum ScenarioReader {
  package struct Reading: Sendable {
    /// Nil when one of the diagnostics is an error.
    package let scenario: Scenario?
    /// In the order of the file.
    package let diagnostics: [Diagnostic]
  }

  package static func read(_ document: DocumentNode) -> Reading {
    var checker = Checker()
    checker.check(document, .mapping(Grammar.file))
    checkWhole(document, &checker)
    checkSteps(document["steps"]?.elements ?? [], &checker)
    let diagnostics = checker.diagnostics.sorted { left, right in
      (left.location.line, left.location.column) < (right.location.line, right.location.column)
    }
    let isGood = diagnostics.allSatisfy { $0.severity != .error }
    return Reading(scenario: isGood ? scenario(document) : nil, diagnostics: diagnostics)
  }

  private static func checkWhole(_ document: DocumentNode, _ checker: inout Checker) {
    guard document.members != nil, document["steps"] == nil, document["routes"] == nil else {
      return
    }
    checker.report(
      .error(
        "a scenario needs 'steps' or 'routes'", at: document.location,
        hint: "'steps:' lists what happens on a connection, such as '- await: user'"))
  }

  /// What no single step shows.
  private static func checkSteps(_ steps: [DocumentNode], _ checker: inout Checker) {
    for (index, step) in steps.enumerated() {
      if step["close"] != nil, index + 1 < steps.count {
        checker.report(
          .warning(
            "this step never runs: the connection is closed before it",
            at: steps[index + 1].location, hint: "move 'close' to the end"))
        break
      }
    }
    for step in steps {
      guard let speech = step["say"], speech.members != nil else { continue }
      if speech["text"] == nil, speech["audio"] == nil {
        checker.report(
          .error(
            "nothing is said", at: speech.location, hint: "give 'text', 'audio', or both"))
      }
      for key in ["audio", "chunk"] {
        guard let value = step[key], speech[key] != nil else { continue }
        checker.report(
          .error(
            "'\(key)' is given twice", at: value.location,
            hint: "keep the one beside 'say', or the one under it"))
      }
    }
  }

  // MARK: - Checked documents only

  private static func scenario(_ document: DocumentNode) -> Scenario {
    Scenario(
      name: document["name"]?.scalar ?? document.location.file,
      seed: document["seed"]?.scalar.flatMap { UInt64($0) } ?? 1,
      pace: document["pace"]?.scalar.flatMap(Values.pace) ?? .service,
      steps: document["steps"]?.elements.compactMap(step) ?? [],
      routes: document["routes"]?.elements.compactMap(route) ?? [])
  }

  private static func step(_ node: DocumentNode) -> Step? {
    if node["await"] != nil {
      return Step(.awaitUser(heard: node["heard"]?.scalar), at: node.location)
    }
    if let speech = node["say"] {
      let audio = (node["audio"] ?? speech["audio"]).flatMap(audioReference)
      let text = speech.members == nil ? speech.scalar : speech["text"]?.scalar
      let chunk = (node["chunk"] ?? speech["chunk"])?.scalar.flatMap(Values.duration)
      return Step(.say(text: text, audio: audio, chunk: chunk), at: node.location)
    }
    if let closing = node["close"] {
      let code = closing.members == nil ? closing.scalar : closing["code"]?.scalar
      return Step(
        .close(
          code: code.flatMap(Values.closeCode), reason: closing["reason"]?.scalar ?? ""),
        at: node.location)
    }
    return nil
  }

  private static func audioReference(_ node: DocumentNode) -> AudioReference? {
    node.scalar.map { AudioReference(path: $0, location: node.location) }
  }

  private static func route(_ node: DocumentNode) -> Route? {
    node["path"]?.scalar.map { Route(path: $0, behaviour: .webSocketEcho) }
  }
}
