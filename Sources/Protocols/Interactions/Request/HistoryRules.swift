import JSON

/// What the steps before an answer must look like, taken together.
struct HistoryRules {
  /// What the interactions before this one hold, oldest first; empty without any.
  let inherited: [JSONObject]
  let request: CreateRequest

  private static let pairing =
    "Please ensure that function response turn comes immediately after a function call turn. "
    + "And the number of function response parts should be equal to number of function call parts "
    + "of the function call turn."

  var refusals: [Refusal] { pairingRefusals + signatureRefusals }

  /// Function calling guide, "Multi-turn": results stand directly behind the calls they answer.
  private var pairingRefusals: [Refusal] {
    let steps = inherited + request.steps
    var refusals: [Refusal] = []
    var open: [String] = []
    var answered: Set<String> = []
    for (index, step) in steps.enumerated() {
      let isOurs = index >= inherited.count
      switch step["type"]?.string ?? "" {
      case "function_call":
        if !answered.isEmpty {
          if isOurs, let refusal = unanswered(open, answered) { refusals.append(refusal) }
          open = []
          answered = []
        }
        open.append(step["id"]?.string ?? "")
      case "function_result":
        let id = step["call_id"]?.string ?? ""
        if isOurs, !open.contains(id) {
          refusals.append(
            .invalid(
              Self.pairing,
              hint: open.isEmpty
                ? "the function_result for '\(id)' follows no function_call"
                : "no call '\(id)' is open, but \(open.joined(separator: ", "))"))
        }
        answered.insert(id)
      default:
        if isOurs, let refusal = unanswered(open, answered) { refusals.append(refusal) }
        if step["type"]?.string != "thought" {
          open = []
          answered = []
        }
      }
    }
    if let refusal = unanswered(open, answered) { refusals.append(refusal) }
    return refusals
  }

  private func unanswered(_ open: [String], _ answered: Set<String>) -> Refusal? {
    guard !answered.isEmpty else { return nil }
    let missing = open.filter { !answered.contains($0) }
    return missing.isEmpty
      ? nil : .invalid(Self.pairing, hint: "no result for \(missing.joined(separator: ", "))")
  }

  /// Thought signatures guide: whoever keeps the history sends the signatures back as they came;
  /// Gemini 3 refuses calls without one.
  private var signatureRefusals: [Refusal] {
    var refusals: [Refusal] = []
    var isSigned = false
    for (index, step) in request.steps.enumerated() {
      let type = step["type"]?.string ?? ""
      if let signature = step["signature"]?.string {
        isSigned = true
        if !ThoughtSignature.isValid(signature) {
          refusals.append(
            .invalid(
              "Thought signature is not valid.",
              hint: "'input[\(index)].signature' is none that was issued here"))
        }
      }
      switch type {
      case "user_input", "function_result", "model_output": isSigned = false
      case "function_call":
        if !isSigned, needsSignatures {
          refusals.append(missingSignature(step["name"]?.string ?? "", index))
        }
        // The first of several calls in a row bears the signature for all.
        isSigned = true
      default: break
      }
    }
    return refusals
  }

  private var needsSignatures: Bool {
    switch request.target {
    case .model(let name):
      name.hasPrefix("gemini-")
        && !["gemini-1", "gemini-2"].contains(
          where: name.hasPrefix)
    case .agent: false
    }
  }

  private func missingSignature(_ name: String, _ index: Int) -> Refusal {
    Refusal(
      "missing_thought_signature",
      "Function call is missing a thought_signature in functionCall parts. This is required for "
        + "tools to work correctly, and missing thought_signature may lead to degraded model "
        + "performance. Additional data, function call `\(name)`, position \(index + 1).",
      hint: "send the thought step back that came before the call")
  }
}
