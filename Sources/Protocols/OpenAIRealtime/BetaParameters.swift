import JSON

/// The fields of the beta dialect, which has flat sessions and responses (beta API reference,
/// "session.update", "transcription_session.update", "response.create").
enum BetaParameters {
  static let supportedTypes = [
    "session.update", "transcription_session.update", "input_audio_buffer.append",
    "input_audio_buffer.commit", "input_audio_buffer.clear", "conversation.item.create",
    "conversation.item.truncate", "conversation.item.delete", "conversation.item.retrieve",
    "response.create", "response.cancel",
  ]

  private static let formats = ["pcm16", "g711_ulaw", "g711_alaw"]

  static func session(_ kind: SessionKind, isAzure: Bool) -> ParameterRule {
    var fields: [String: ParameterRule] = [
      "modalities": .custom(modalities), "input_audio_format": .oneOf(formats),
      "input_audio_transcription": .nullOr(
        .custom { value, path in
          Parameters.transcription(value, path, isAzure: isAzure)
        }),
      "input_audio_noise_reduction": .nullOr(Parameters.noiseReduction),
      "turn_detection": .nullOr(.custom(turnDetection)), "include": Parameters.include,
      "client_secret": .anything,
    ]
    if kind == .realtime {
      fields["model"] = .text
      fields["instructions"] = .nullOr(.text)
      fields["voice"] = Parameters.voice
      fields["output_audio_format"] = .oneOf(formats)
      fields["tools"] = .custom(ToolRules.tools)
      fields["tool_choice"] = ToolRules.choice
      fields["temperature"] = temperature
      fields["max_response_output_tokens"] = Parameters.maxOutputTokens
      fields["speed"] = .number(0.25...1.5)
      fields["tracing"] = Parameters.tracing
      fields["truncation"] = Parameters.truncation
      fields["prompt"] = Parameters.prompt
    }
    return .object(fields)
  }

  static let response: ParameterRule = .object([
    "modalities": .custom(modalities), "instructions": .nullOr(.text), "voice": Parameters.voice,
    "output_audio_format": .oneOf(formats), "tools": .custom(ToolRules.tools),
    "tool_choice": ToolRules.choice, "temperature": temperature,
    "max_response_output_tokens": Parameters.maxOutputTokens,
    "max_output_tokens": Parameters.maxOutputTokens, "conversation": .oneOf(["auto", "none"]),
    "metadata": .nullOr(.custom(Parameters.metadata)), "input": .list,
  ])

  private static let temperature: ParameterRule = .number(0.6...1.2)

  /// Text alone or both; audio alone is refused (reported in the words below).
  @Sendable private static func modalities(_ value: JSONValue, _ path: String) -> Refusal? {
    if value == ["text"] || value == ["audio", "text"] || value == ["text", "audio"] {
      return nil
    }
    return Refusal(
      "invalid_value",
      "Invalid modalities: \(value.pythonic.excerpt). Supported combinations are: ['text'] and "
        + "['audio', 'text'].", param: path)
  }

  @Sendable private static func turnDetection(_ value: JSONValue, _ path: String) -> Refusal? {
    if value["idle_timeout_ms"] != nil { return .unknown("\(path).idle_timeout_ms") }
    return Parameters.turnDetection(value, path)
  }
}
