import JSON
import Wire

/// What `setup` may ask of which model.
enum SetupRules {
  static func check(
    _ setup: JSONObject, for profile: ModelProfile, at endpoint: Endpoint,
    _ scrutiny: inout Scrutiny
  ) throws(Refused) {
    let generation = setup["generationConfig"]?.object ?? [:]
    try checkRanges(generation, &scrutiny)
    try checkTools(setup["tools"]?.array ?? [], for: profile, &scrutiny)
    try checkInstruction(setup["systemInstruction"], &scrutiny)
    try checkModes(setup, generation, for: profile, at: endpoint, &scrutiny)
    try checkInput(setup["realtimeInputConfig"], &scrutiny)
    // Live API reference, "BidiGenerateContentSetup": the fields of GenerationConfig that are not
    // supported. What the service does with them is not known, so they pass.
    for name in unsupported where generation[name] != nil {
      scrutiny.warn("'setup.generationConfig.\(name)' is not supported in the Live API")
    }
  }

  private static let unsupported = [
    "responseLogprobs", "responseMimeType", "logprobs", "responseSchema", "responseJsonSchema",
    "stopSequences", "routingConfig", "audioTimestamp",
  ]

  /// API reference, "GenerationConfig".
  private static func checkRanges(_ generation: JSONObject, _ scrutiny: inout Scrutiny)
    throws(Refused)
  {
    let ranges: [(String, ClosedRange<Double>)] = [
      ("temperature", 0...2), ("topP", 0...1), ("topK", 1...1_000_000),
      ("maxOutputTokens", 1...10_000_000),
    ]
    for (name, range) in ranges {
      guard let value = generation[name]?.double else { continue }
      try scrutiny.require(
        range.contains(value),
        or: .invalidArgument("'setup.generationConfig.\(name)' is \(value), out of range"))
    }
  }

  private static func checkTools(
    _ tools: [JSONValue], for profile: ModelProfile, _ scrutiny: inout Scrutiny
  ) throws(Refused) {
    for tool in tools {
      try scrutiny.require(
        profile.runsCode || tool["codeExecution"] == nil,
        or: Refused(
          .unimplemented, explanation: "\(profile.name) has no code execution: leave it out"))
      for function in tool["functionDeclarations"]?.array ?? [] {
        let name = function["name"]?.string ?? ""
        // API reference, "FunctionDeclaration": letters, digits, underscores, colons, dots and
        // dashes, at most 128.
        try scrutiny.require(
          isFunctionName(name), or: .invalidArgument("a function cannot be called '\(name)'"))
        if profile.callsAreFixed, let behavior = function["behavior"]?.string,
          (behavior == "BLOCKING") != profile.callsBlock
        {
          scrutiny.warn(
            "'\(name)' was declared \(behavior), but \(profile.name) has only "
              + (profile.callsBlock ? "BLOCKING" : "NON_BLOCKING") + " calls")
        }
      }
    }
  }

  private static func isFunctionName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 128
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "_:.-".utf8.contains(byte)
        }
      }
  }

  private static func checkInstruction(_ instruction: JSONValue?, _ scrutiny: inout Scrutiny)
    throws(Refused)
  {
    for part in instruction?["parts"]?.array ?? [] {
      try scrutiny.require(
        part["text"] != nil,
        or: .invalidArgument("'setup.systemInstruction' may hold only parts with text"))
    }
  }

  private static func checkModes(
    _ setup: JSONObject, _ generation: JSONObject, for profile: ModelProfile,
    at endpoint: Endpoint, _ scrutiny: inout Scrutiny
  ) throws(Refused) {
    try scrutiny.require(
      profile.acceptsThinkingLevel || generation["thinkingConfig"]?["thinkingLevel"] == nil,
      or: .invalidArgument("\(profile.name) takes no 'thinkingLevel'; use 'thinkingBudget'"))
    if let proactivity = setup["proactivity"] {
      try checkSupport(
        profile.proactivity, of: "proactivity", under: "setup", for: profile, at: endpoint,
        &scrutiny)
      try scrutiny.require(
        profile.acceptsThinkingLevel || proactivity["proactiveAudio"]?.bool != false,
        or: .invalidArgument("\(profile.name) refuses 'proactiveAudio: false'; leave it out"))
    }
    if generation["enableAffectiveDialog"]?.bool == true {
      try checkSupport(
        profile.affectiveDialog, of: "enableAffectiveDialog", under: "setup.generation_config",
        for: profile, at: endpoint, &scrutiny)
    }
    if endpoint.service == .gemini {
      try scrutiny.require(
        setup["sessionResumption"]?["transparent"]?.bool != true,
        or: .invalidArgument("'sessionResumption.transparent' exists on Vertex only"))
      if setup["explicitVadSignal"]?.bool == true {
        scrutiny.warn("'explicitVadSignal' exists on Vertex only")
      }
    }
  }

  private static func checkSupport(
    _ support: ModelProfile.Support, of field: String, under path: String,
    for profile: ModelProfile, at endpoint: Endpoint, _ scrutiny: inout Scrutiny
  ) throws(Refused) {
    switch support {
    case .accepted, .failsLater: break
    case .refused:
      try scrutiny.require(
        false, or: .invalidArgument("\(profile.name) has no '\(field)': leave it out"))
    case .onAlpha:
      let name = MessageTable.snakeCase(field)
      try scrutiny.require(
        endpoint.version == "v1alpha" || endpoint.service == .vertex,
        or: Refused(
          .invalidPayload,
          "Invalid JSON payload received. Unknown name \"\(name)\" at '\(path)': "
            + "Cannot find field.",
          explanation: "only the version v1alpha has '\(field)' for \(profile.name)"))
    }
  }

  private static func checkInput(_ input: JSONValue?, _ scrutiny: inout Scrutiny) throws(Refused) {
    for name in ["prefixPaddingMs", "silenceDurationMs"] {
      let value = input?["automaticActivityDetection"]?[name]?.integer ?? 0
      try scrutiny.require(
        value >= 0, or: .invalidArgument("'automaticActivityDetection.\(name)' is \(value)"))
    }
  }

  /// Observed on gemini-3.8-live: the set-up is completed, and the first content is refused.
  static func latentRefusal(_ generation: JSONValue?, for profile: ModelProfile) -> Refused? {
    guard profile.affectiveDialog == .failsLater,
      generation?["enableAffectiveDialog"]?.bool == true
    else { return nil }
    return .invalidArgument("\(profile.name) has no 'enableAffectiveDialog': leave it out")
  }

  /// One modality at a time; audio is the default of every model that speaks.
  static func isText(
    _ modalities: [JSONValue], for profile: ModelProfile, _ scrutiny: inout Scrutiny
  ) throws(Refused) -> Bool {
    let names = modalities.compactMap(\.string)
    switch names {
    case []: return !profile.answersInAudio
    case ["AUDIO"]:
      return try !scrutiny.require(
        profile.answersInAudio,
        or: .invalidArgument("\(profile.name) answers in text: ask for TEXT, or for nothing"))
    case ["TEXT"]:
      guard let close = profile.textClose else { return true }
      return try !scrutiny.require(
        false,
        or: Refused(
          close,
          explanation: "\(profile.name) answers in audio only: ask for AUDIO, and for "
            + "'outputAudioTranscription' to get its words"))
    default:
      try scrutiny.require(
        false,
        or: .invalidArgument(
          "'responseModalities' is \(names.joined(separator: ", ")): one of AUDIO, TEXT is allowed"
        ))
      return !names.contains("AUDIO")
    }
  }
}
