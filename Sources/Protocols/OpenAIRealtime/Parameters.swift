import JSON

/// The fields of the client events, with the constraints the reference gives for each.
enum Parameters {
  /// API reference, "session.update": the GA session of type `realtime`.
  static let session: ParameterRule = .object([
    "type": .oneOf(["realtime", "transcription"]),
    "model": .text,
    "output_modalities": .custom(modalities),
    "instructions": .nullOr(.text),
    "audio": .object([
      "input": .object([
        "format": format,
        "transcription": .nullOr(
          .object([
            "model": .text, "language": .nullOr(.text), "prompt": .nullOr(.text),
            "languages": .nullOr(.list), "keywords": .nullOr(.list), "delay": .nullOr(.text),
          ])),
        "noise_reduction": .nullOr(
          .object(["type": .oneOf(["near_field", "far_field"]), "strength": .anything])),
        "turn_detection": .nullOr(.custom(turnDetection)),
      ]),
      "output": .object([
        "format": format, "voice": voice, "speed": .number(0.25...1.5),
      ]),
    ]),
    "tools": .list, "tool_choice": .anything, "max_output_tokens": maxOutputTokens,
    "truncation": .anything, "tracing": .anything, "prompt": .anything, "include": .anything,
    "reasoning": .anything, "parallel_tool_calls": .flag,
  ])

  /// API reference, "response.create".
  static let response: ParameterRule = .object([
    "output_modalities": .custom(modalities), "instructions": .nullOr(.text),
    "audio": .object([
      "output": .object(["format": format, "voice": voice])
    ]),
    "tools": .list, "tool_choice": .anything, "max_output_tokens": maxOutputTokens,
    "conversation": .oneOf(["auto", "none"]), "metadata": .nullOr(.custom(metadata)),
    "input": .list, "prompt": .anything, "reasoning": .anything, "parallel_tool_calls": .flag,
  ])

  private static let voice: ParameterRule = .stringOr(
    .oneOf([
      "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
    ]), otherwise: .object(["id": .text]))

  private static let maxOutputTokens: ParameterRule = .stringOr(
    .oneOf(["inf"]), otherwise: .integer(1...4096))

  private static let format: ParameterRule = .object([
    "type": .oneOf(["audio/pcm", "audio/pcmu", "audio/pcma"]),
    "rate": .integer(24_000...24_000),
  ])

  /// Up to 16 pairs of the client's own names (Response reference, "metadata").
  @Sendable private static func metadata(_ value: JSONValue, _ path: String) -> Refusal? {
    guard let pairs = value.object else { return .wrongType(path, "an object", value) }
    guard pairs.members.count <= 16 else {
      return Refusal(
        "invalid_value", "Invalid '\(path)': at most 16 pairs are allowed.", param: path)
    }
    for pair in pairs.members where pair.value.string == nil {
      return .wrongType("\(path).\(pair.name)", "a string", pair.value)
    }
    return nil
  }

  /// One or the other, never both (Session reference, "output_modalities").
  @Sendable private static func modalities(_ value: JSONValue, _ path: String) -> Refusal? {
    if value == ["audio"] || value == ["text"] { return nil }
    return Refusal(
      "invalid_value",
      "Invalid modalities: \(value). Supported combinations are: ['text'] and ['audio'].",
      param: path)
  }

  /// Each kind of detector has fields of its own (Session reference, "turn_detection").
  @Sendable private static func turnDetection(_ value: JSONValue, _ path: String) -> Refusal? {
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
