/// The fields of a create request (Interactions API reference, "Create an interaction").
enum RequestFields {
  /// Fields of both kinds of interaction.
  private static let shared: [String: FieldRule] = [
    "input": .anything, "stream": .flag, "background": .flag, "store": .flag,
    "previous_interaction_id": .text, "system_instruction": .text, "tools": .list(ToolFields.rule),
    "response_format": responseFormat, "response_mime_type": .text,
    "response_modalities": .list(
      .word(["text", "image", "audio", "video", "document", "TEXT", "IMAGE", "AUDIO"])),
    "service_tier": .word(["flex", "standard", "priority", "deferred"]),
    "webhook_config": .object(["uris": .list(.text), "user_metadata": .map(.anything)]),
    "environment": .textOr(.text, environment),
    "safety_settings": .list(safetySetting), "labels": .map(.text), "continuation_token": .text,
  ]

  static let model = shared.merging([
    "model": .text, "generation_config": generationConfig, "cached_content": .text,
  ]) { _, rule in rule }

  static let agent = shared.merging(["agent": .text, "agent_config": agentConfig]) { _, rule in
    rule
  }

  /// Antigravity guide, "Environments".
  private static let environment = FieldRule.typed([
    "environment_id": .text,
    "env": .map(.textOr(.text, .object(["value": .text, "credential": .text]))),
    "network": .textOr(
      .word(["disabled"]),
      .object([
        "allowlist": .textOr(
          .word(["disabled"]),
          .list(
            .object(
              [
                "domain": .text, "credential": .text,
                "transform": .listOr(.list(.map(.text)), .map(.text)),
              ], required: ["domain"])))
      ])),
    "sources": .list(
      .object([
        "type": .word(["gcs", "inline", "repository", "skill_registry"]), "content": .text,
        "encoding": .text, "source": .text, "target": .text,
      ])),
  ])

  private static let safetySetting = FieldRule.object(
    [
      "type": .word([
        "hate_speech", "dangerous_content", "harassment", "sexually_explicit", "civic_integrity",
        "image_hate", "image_dangerous_content", "image_harassment", "image_sexually_explicit",
        "jailbreak",
      ]),
      "threshold": .word([
        "block_low_and_above", "block_medium_and_above", "block_only_high", "block_none", "off",
      ]),
      "method": .word(["severity", "probability"]),
    ], required: ["type", "threshold"])

  private static let aspectRatio = FieldRule.word([
    "1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9", "1:8", "8:1", "1:4",
    "4:1",
  ])
  private static let imageSize = FieldRule.word(["512", "1K", "2K", "4K"])
  private static let delivery = FieldRule.word(["inline", "uri"])

  /// GenerationConfig, "thinking_level" and the rest; it goes with a model only.
  private static let generationConfig = FieldRule.object([
    "temperature": .number(0...2), "top_p": .number(0...1), "seed": .integer(Int.min...Int.max),
    "max_output_tokens": .integer(1...Int.max), "stop_sequences": .list(.text),
    "thinking_level": .word(["minimal", "low", "medium", "high", "xhigh"]),
    "thinking_summaries": .word(["auto", "none"]),
    "tool_choice": .textOr(
      .word(ToolFields.choices), .object(["allowed_tools": ToolFields.allowedTools])),
    "speech_config": .listOr(
      .list(.object(voice)),
      .object(voice.merging(["speakers": .list(.object(voice))]) { rule, _ in rule })),
    "image_config": .object(["aspect_ratio": aspectRatio, "image_size": imageSize]),
    "video_config": .object([
      "task": .word([
        "text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale",
      ])
    ]),
    "transcription_config": .object([
      "mode": .textOr(
        .word(["verbatim", "smart"]),
        .kinds([
          "smart": .typed(["source_text": .text]),
          "verbatim": .typed(["diarization_mode": .text, "timestamp_granularities": .list(.text)]),
        ])), "language_codes": .list(.text), "custom_vocabulary": .list(.text),
      "adaptation_phrases": .list(.text), "diarization_mode": .text, "language_hints": .list(.text),
      "timestamp_granularities": .list(.text),
    ]),
  ])

  private static let voice: [String: FieldRule] = [
    "voice": .text, "language": .text, "speaker": .text,
  ]

  private static let agentConfig = FieldRule.kinds([
    // Whatever the agent was made to take.
    "dynamic": .anything,
    "deep-research": .typed([
      "thinking_summaries": .word(["auto", "none"]), "visualization": .word(["off", "auto"]),
      "collaborative_planning": .flag, "enable_bigquery_tool": .flag,
    ]),
    "antigravity": .typed(["max_total_tokens": .integer(1...Int.max), "model": .text]),
    "code-mender": .typed([
      "find_request": .object(finding.merging(["mode": .word(["scan", "verify"])]) { $1 }),
      "fix_request": .object(finding), "model": .text,
      "session_config": .object(["max_rounds": .integer(1...Int.max)]), "session_id": .text,
    ]),
  ])

  /// What a find request and a fix request have in common.
  private static let finding: [String: FieldRule] = [
    "description": .text, "finding_id": .text,
    "source_files": .list(.object(["path": .text, "content": .text])),
  ]

  /// One format or several. The legacy schema takes a bare JSON schema, whose `type` is a type of
  /// JSON: that is told apart by the word.
  private static let responseFormat = FieldRule.listOr(.list(format), format)

  private static let format = FieldRule.kinds([
    "text": .typed(["mime_type": .text, "schema": .map(.anything)]),
    "audio": .typed([
      "mime_type": .word([
        "audio/mp3", "audio/ogg_opus", "audio/l16", "audio/wav", "audio/alaw", "audio/mulaw",
      ]), "sample_rate": .integer(1...192_000), "bit_rate": .integer(1...Int.max),
      "delivery": delivery,
    ]),
    "image": .typed([
      "aspect_ratio": aspectRatio, "image_size": imageSize, "mime_type": .text,
      "delivery": delivery,
    ]),
    "video": .typed([
      "aspect_ratio": .word(["16:9", "9:16"]), "duration": .text, "gcs_uri": .text,
      "resolution": .word(["360p", "720p", "1080p", "4k"]), "delivery": delivery,
    ]),
    "object": .anything, "array": .anything, "string": .anything, "number": .anything,
    "integer": .anything, "boolean": .anything,
  ])
}

/// The tools a request may bring (Interactions API reference, "Tool").
enum ToolFields {
  static let choices = ["auto", "any", "none", "validated"]

  private static let thresholds = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

  static let allowedTools = FieldRule.object(["mode": .word(choices), "tools": .list(.text)])

  static let rule = FieldRule.kinds([
    "function": .typed(
      [
        "name": .text, "description": .text, "parameters": .map(.anything),
        "short_description": .text,
        "defer_loading": .flag,
      ], required: ["name"]),
    "code_execution": .typed(),
    "url_context": .typed(),
    "google_search": .typed([
      "search_types": .list(.word(["web_search", "image_search", "enterprise_web_search"]))
    ]),
    "google_maps": .typed([
      "latitude": .number(-90...90), "longitude": .number(-180...180), "enable_widget": .flag,
    ]),
    "file_search": .typed([
      "file_search_store_names": .list(.text), "top_k": .integer(1...Int.max),
      "metadata_filter": .text,
    ]),
    "mcp_server": .typed([
      "name": .text, "url": .text, "headers": .map(.text), "allowed_tools": .list(allowedTools),
    ]),
    // The one field of the API that old clients write in camel case.
    "computer_use": .typed([
      "environment": .word(["browser", "mobile", "desktop"]),
      "excluded_predefined_functions": .list(.text), "excludedPredefinedFunctions": .list(.text),
      "disabled_safety_policies": .list(.text), "enable_prompt_injection_detection": .flag,
    ]),
    "retrieval": .typed([
      "retrieval_types": .list(
        .word(["vertex_ai_search", "rag_store", "exa_ai_search", "parallel_ai_search"])),
      "vertex_ai_search_config": .object(["datastores": .list(.text), "engine": .text]),
      "rag_store_config": .object([
        "rag_resources": .list(.object(["rag_corpus": .text, "rag_file_ids": .list(.text)])),
        "rag_retrieval_config": .object([
          "top_k": .integer(1...Int.max), "hybrid_search": .object(["alpha": .number(0...1)]),
          "filter": .object([
            "metadata_filter": .text, "vector_distance_threshold": .number(thresholds),
            "vector_similarity_threshold": .number(thresholds),
          ]),
          "ranking": .object([
            "model_name": .text, "rank_service": .object(["model_name": .text]),
            "ranking_config": .word(["rank_service"]),
          ]),
        ]),
        "similarity_top_k": .integer(1...Int.max),
        "vector_distance_threshold": .number(thresholds),
      ]),
      "exa_ai_search_config": .object(
        ["api_key": .text, "custom_config": .map(.anything)], required: ["api_key"]),
      "parallel_ai_search_config": .object(["api_key": .text, "custom_config": .map(.anything)]),
    ]),
    "tool_search": .typed([
      "name": .text, "description": .text, "parameters": .map(.anything),
      "execution": .word(["server", "client"]),
    ]),
  ])
}
