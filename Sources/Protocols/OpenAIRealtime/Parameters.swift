import JSON

/// The fields of the client events, with the constraints the reference gives for each.
enum Parameters {
  /// API reference, "session.update".
  static func session(_ kind: SessionKind, isAzure: Bool) -> ParameterRule {
    switch kind {
    case .realtime:
      .object([
        "type": .oneOf(["realtime", "transcription"]), "model": .text,
        "output_modalities": .custom(modalities), "instructions": .nullOr(.text),
        "audio": .object([
          "input": input(isAzure: isAzure),
          "output": .object(["format": format, "voice": voice, "speed": .number(0.25...1.5)]),
        ]),
        "tools": .custom(ToolRules.tools), "tool_choice": ToolRules.choice,
        "max_output_tokens": maxOutputTokens, "truncation": truncation, "tracing": tracing,
        "prompt": prompt, "include": include, "reasoning": reasoning,
        "parallel_tool_calls": .flag,
      ])
    case .transcription:
      .object([
        "type": .oneOf(["realtime", "transcription"]),
        "audio": .object(["input": input(isAzure: isAzure)]), "include": include,
      ])
    }
  }

  /// API reference, "response.create".
  static let response: ParameterRule = .object([
    "output_modalities": .custom(modalities), "instructions": .nullOr(.text),
    "audio": .object([
      "output": .object(["format": format, "voice": voice])
    ]),
    "tools": .custom(ToolRules.tools), "tool_choice": ToolRules.choice,
    "max_output_tokens": maxOutputTokens, "conversation": .oneOf(["auto", "none"]),
    "metadata": .nullOr(.custom(metadata)), "input": .list, "prompt": prompt,
    "reasoning": reasoning, "parallel_tool_calls": .flag,
  ])

  private static func input(isAzure: Bool) -> ParameterRule {
    .object([
      "format": format,
      "transcription": .nullOr(
        .custom { value, path in transcription(value, path, isAzure: isAzure) }),
      "noise_reduction": .nullOr(noiseReduction), "turn_detection": .nullOr(.custom(turnDetection)),
    ])
  }

  static let voice: ParameterRule = .stringOr(
    .oneOf([
      "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
    ]), otherwise: .requiring(["id"], .object(["id": .text])))

  static let maxOutputTokens: ParameterRule = .stringOr(
    .oneOf(["inf"]), otherwise: .integer(1...4096))

  private static let format: ParameterRule = .requiring(
    ["type"],
    .object([
      "type": .oneOf(["audio/pcm", "audio/pcmu", "audio/pcma"]),
      "rate": .integer(24_000...24_000),
    ]))

  static let noiseReduction: ParameterRule = .requiring(
    ["type"], .object(["type": .oneOf(["near_field", "far_field"]), "strength": .number(0...1)]))

  /// Session reference, "truncation".
  static let truncation: ParameterRule = .stringOr(
    .oneOf(["auto", "disabled"]),
    otherwise: .requiring(
      ["type", "retention_ratio"],
      .object([
        "type": .oneOf(["retention_ratio"]), "retention_ratio": .number(0...1),
        "token_limits": .nullOr(.object(["post_instructions": .integer(0...Int(Int32.max))])),
      ])))

  static let tracing: ParameterRule = .nullOr(
    .stringOr(
      .oneOf(["auto"]),
      otherwise: .object(["workflow_name": .text, "group_id": .text, "metadata": .anything])))

  static let prompt: ParameterRule = .nullOr(
    .requiring(
      ["id"],
      .object(["id": .text, "version": .nullOr(.text), "variables": .nullOr(.anything)])))

  static let include: ParameterRule = .nullOr(
    .custom { value, path in
      guard let names = value.array else { return .wrongType(path, "an array", value) }
      let rule = ParameterRule.oneOf([SessionConfiguration.logprobs])
      for (index, name) in names.enumerated() {
        if let refusal = rule.refusal(of: name, at: "\(path)[\(index)]") { return refusal }
      }
      return nil
    })

  private static let reasoning: ParameterRule = .nullOr(
    .object(["effort": .oneOf(["minimal", "low", "medium", "high", "xhigh"])]))

  /// Up to 16 pairs; names of 64 and values of 512 characters (Response reference, "metadata").
  @Sendable static func metadata(_ value: JSONValue, _ path: String) -> Refusal? {
    guard let pairs = value.object else { return .wrongType(path, "an object", value) }
    guard pairs.members.count <= 16 else {
      return .invalid(path, "at most 16 pairs are allowed.")
    }
    for pair in pairs.members {
      guard let text = pair.value.string else {
        return .wrongType("\(path).\(pair.name)", "a string", pair.value)
      }
      if pair.name.count > 64 || text.count > 512 {
        return .invalid(
          "\(path).\(pair.name)",
          "names have at most 64 characters, values at most 512.")
      }
    }
    return nil
  }

  /// One or the other, never both (Session reference, "output_modalities").
  @Sendable private static func modalities(_ value: JSONValue, _ path: String) -> Refusal? {
    if value == ["audio"] || value == ["text"] { return nil }
    return Refusal(
      "invalid_value",
      "Invalid modalities: \(value.pythonic.excerpt). "
        + "Supported combinations are: ['text'] and ['audio'].",
      param: path)
  }

  static let transcriptionModels = [
    "whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-transcribe-diarize",
    "gpt-transcribe", "gpt-live-transcribe", "gpt-realtime-whisper",
  ]

  /// Session reference, "transcription". On Azure the model is the name of a deployment.
  @Sendable static func transcription(_ value: JSONValue, _ path: String, isAzure: Bool)
    -> Refusal?
  {
    let rule: ParameterRule = .object([
      "model": .text, "language": .nullOr(.text), "prompt": .nullOr(.text),
      "languages": .nullOr(.list), "keywords": .nullOr(.list),
      "delay": .nullOr(.oneOf(["minimal", "low", "medium", "high", "xhigh"])),
    ])
    if let refusal = rule.refusal(of: value, at: path) { return refusal }
    let model = value["model"]?.string
    // Snapshots have the name of their model and a date.
    let isKnown = transcriptionModels.contains {
      model == $0 || model?.hasPrefix("\($0)-20") == true
    }
    if let model, !isKnown, !isAzure {
      return .unsupported("\(path).model", model, transcriptionModels)
    }
    if value["delay"]?.string != nil, let model, model != "gpt-realtime-whisper" {
      return .invalid("\(path).delay", "only 'gpt-realtime-whisper' has a delay.")
    }
    return nil
  }

  /// Each kind of detector has fields of its own (Session reference, "turn_detection").
  @Sendable static func turnDetection(_ value: JSONValue, _ path: String) -> Refusal? {
    let server: ParameterRule = .object([
      "type": .oneOf(["server_vad", "semantic_vad"]), "threshold": .number(0...1),
      "prefix_padding_ms": .integer(0...60_000), "silence_duration_ms": .integer(0...60_000),
      "idle_timeout_ms": .nullOr(.integer(5_000...30_000)), "create_response": .flag,
      "interrupt_response": .flag,
    ])
    let semantic: ParameterRule = .object([
      "type": .oneOf(["semantic_vad"]), "eagerness": .oneOf(["low", "medium", "high", "auto"]),
      "create_response": .flag, "interrupt_response": .flag,
    ])
    let isSemantic = value["type"]?.string == "semantic_vad"
    return (isSemantic ? semantic : server).refusal(of: value, at: path)
  }
}

extension JSONValue {
  /// As the service prints a list of words: with single quotes and a space after each comma.
  var pythonic: String {
    guard let words = array?.map({ $0.string }), !words.contains(nil) else { return description }
    return "[" + words.map { "'\($0 ?? "")'" }.joined(separator: ", ") + "]"
  }
}
