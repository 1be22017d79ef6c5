import JSON

/// The rules that join several fields of a create request.
enum InteractionRules {
  static func refusals(of request: CreateRequest) -> [Refusal] {
    var refusals: [Refusal] = []
    // Background guide, "Limitations": the run is looked up later, so it must be stored.
    if request.isBackground, !request.isStored {
      refusals.append(.invalid("'background' requires 'store' to be true."))
    }
    // Interactions guide, "Storage": what builds on a stored interaction is stored itself.
    if !request.isStored, request.previousID != nil {
      refusals.append(
        .invalid("'previous_interaction_id' cannot be used when 'store' is false."))
    }
    switch request.target {
    case .model(let name): refusals += modelRefusals(name, request)
    case .agent(let name): refusals += agentRefusals(name, request)
    }
    return refusals
  }

  private static func modelRefusals(_ name: String, _ request: CreateRequest) -> [Refusal] {
    guard let level = request.body["generation_config"]?["thinking_level"]?.string,
      let levels = thinkingLevels(of: name), !levels.contains(level)
    else { return [] }
    return [
      .invalid(
        "Thinking level \(level.uppercased()) is not supported for this model.",
        hint: levels.isEmpty
          ? "\(name) does not think" : "\(name) knows \(levels.joined(separator: ", "))")
    ]
  }

  /// Thinking guide, "Thinking levels"; nil for models whose levels it does not list.
  private static func thinkingLevels(of model: String) -> [String]? {
    if ["gemini-1", "gemini-2.0", "gemma"].contains(where: model.hasPrefix) { return [] }
    if model.hasPrefix("gemini-3-pro") { return ["low", "high"] }
    if model.hasPrefix("gemini-3.1-pro") { return ["low", "medium", "high"] }
    return nil
  }

  private static func agentRefusals(_ name: String, _ request: CreateRequest) -> [Refusal] {
    var refusals: [Refusal] = []
    if name.hasPrefix("deep-research") {
      // Deep Research guide, "Running in the background": it is required.
      if !request.isBackground {
        refusals.append(.invalid("Agent '\(name)' requires 'background' to be true."))
      }
      if request.body["system_instruction"]?.string != nil {
        refusals.append(.invalid("'system_instruction' is not supported for agent '\(name)'."))
      }
    }
    // Antigravity guide: the first release runs in the foreground only.
    if name.hasPrefix("antigravity-preview-05-2026"), request.isBackground {
      refusals.append(.invalid("'background' is not supported for agent '\(name)'."))
    }
    return refusals
  }
}
