import Audio
import JSON

/// What `setup` decides (Live API reference, "BidiGenerateContentSetup").
struct SetupConfiguration: Sendable {
  let model: String
  let profile: ModelProfile
  let service: Endpoint.Service
  /// Text instead of audio out.
  let isText: Bool
  let transcribesInput: Bool
  let transcribesOutput: Bool
  let thoughts: Bool
  /// Nil when the client marks its turns itself.
  let detection: SpeechDetector.Settings?
  /// `START_OF_ACTIVITY_INTERRUPTS`, the default, or `NO_INTERRUPTION`.
  let activityInterrupts: Bool
  let coverage: TurnCoverage
  /// `clientContent` is history until one has `turnComplete`.
  let beginsWithHistory: Bool
  /// Whether the client asked for handles of resumption.
  let wantsResumption: Bool
  /// Whether updates say what was consumed.
  let isTransparent: Bool
  /// A handle of an earlier session that the client wants to go on with.
  let resumptionHandle: String?
  let compression: Compression?
  /// Whether each start and end of speech is signalled a second time.
  let signalsVoice: Bool
  let translationTarget: String?
  /// Whether the model speaks in a voice that somebody has to consent to.
  let replicatesVoice: Bool
  /// What the first content is refused for, although set-up is completed.
  let latentRefusal: Refused?
  let tools: DeclaredTools
  let instructionTokens: Int

  /// What of the user's input is part of a turn (`turnCoverage`).
  struct TurnCoverage: Hashable, Sendable {
    let silence: Bool
    let stillVideo: Bool
  }

  /// `contextWindowCompression`, in tokens.
  struct Compression: Hashable, Sendable {
    let trigger: Int
    let target: Int
  }

  /// `setup` was read by `ProtoReader`, and holds a model.
  init(
    _ setup: JSONObject, at endpoint: Endpoint, _ options: LiveOptions,
    _ scrutiny: inout Scrutiny
  ) throws(Refused) {
    guard let model = setup["model"]?.string, !model.isEmpty else {
      throw .invalidArgument("'setup.model' is missing")
    }
    self.model = model
    let profile = options.profile(of: model)
    self.profile = profile
    service = endpoint.service
    let generation = setup["generationConfig"]
    try SetupRules.check(setup, for: profile, at: endpoint, &scrutiny)
    isText = try SetupRules.isText(
      generation?["responseModalities"]?.array ?? [], for: profile, &scrutiny)
    transcribesInput =
      setup["inputAudioTranscription"] != nil || profile.style == .transcription
    transcribesOutput = setup["outputAudioTranscription"] != nil
    thoughts = generation?["thinkingConfig"]?["includeThoughts"]?.bool ?? profile.thinksAloud
    let input = setup["realtimeInputConfig"]
    let automatic = input?["automaticActivityDetection"]
    detection =
      automatic?["disabled"]?.bool == true
      ? nil : Self.detection(automatic?.object ?? [:], for: endpoint.service)
    activityInterrupts =
      input?["activityHandling"]?.string != "NO_INTERRUPTION" && profile.style == .conversation
    coverage = Self.coverage(input?["turnCoverage"]?.string, for: profile, at: endpoint.service)
    beginsWithHistory =
      setup["historyConfig"]?["initialHistoryInClientContent"]?.bool ?? false
    let resumption = setup["sessionResumption"]
    wantsResumption =
      profile.resumes && (resumption != nil || options.sendsHandlesUnasked)
    isTransparent = resumption?["transparent"]?.bool ?? false
    resumptionHandle = resumption?["handle"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    compression = try Self.compression(
      setup["contextWindowCompression"], window: profile.contextWindow, &scrutiny)
    signalsVoice = setup["explicitVadSignal"]?.bool ?? false
    translationTarget = generation?["translationConfig"]?["targetLanguageCode"]?.string
    replicatesVoice =
      generation?["speechConfig"]?["voiceConfig"]?["replicatedVoiceConfig"] != nil
    latentRefusal = SetupRules.latentRefusal(generation, for: profile)
    tools = DeclaredTools(setup["tools"]?.array ?? [])
    instructionTokens = TokenCount.text(setup["systemInstruction"].text)
  }

  /// Live API, "Context window compression": triggered at 80 % of the window, down to half of that.
  private static func compression(
    _ value: JSONValue?, window: Int, _ scrutiny: inout Scrutiny
  ) throws(Refused) -> Compression? {
    guard let value else { return nil }
    let trigger = value["triggerTokens"]?.integer ?? window / 5 * 4
    let target = value["slidingWindow"]?["targetTokens"]?.integer ?? trigger / 2
    guard
      try scrutiny.require(
        trigger > 0 && target >= 0 && target < trigger,
        or: .invalidArgument(
          "contextWindowCompression: targetTokens (\(target)) must be less than triggerTokens "
            + "(\(trigger))"))
    else { return nil }
    return Compression(trigger: trigger, target: target)
  }

  /// Live API reference, "TurnCoverage". The default is the model's, and on Vertex all input.
  private static func coverage(
    _ word: String?, for profile: ModelProfile, at service: Endpoint.Service
  ) -> TurnCoverage {
    let standard =
      switch service {
      case .gemini: profile.turnCoverage
      case .vertex: "TURN_INCLUDES_ALL_INPUT"
      }
    switch word ?? standard {
    case "TURN_INCLUDES_ALL_INPUT": return TurnCoverage(silence: true, stillVideo: true)
    case "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO":
      return TurnCoverage(silence: false, stillVideo: true)
    default: return TurnCoverage(silence: false, stillVideo: false)
    }
  }

  /// Published are the names, not the numbers. What was measured: a start 140 to 200 ms after
  /// speech begins, an end 1.2 s after it ends. High sensitivity hears speech at -45 dBFS, low at
  /// -35; the ends differ in the silence they want. The Gemini API listens with high sensitivity
  /// unless told otherwise, Vertex with low (Live API reference of each).
  private static func detection(_ automatic: JSONObject, for service: Endpoint.Service)
    -> SpeechDetector.Settings
  {
    let window = 40
    func isLow(_ field: String, _ word: String) -> Bool {
      switch automatic[field]?.string {
      case "\(word)_LOW": true
      case "\(word)_HIGH": false
      case .some, .none: service == .vertex
      }
    }
    let prefix = automatic["prefixPaddingMs"]?.integer ?? 160
    let isPatient = isLow("endOfSpeechSensitivity", "END_SENSITIVITY")
    let silence = automatic["silenceDurationMs"]?.integer ?? (isPatient ? 1600 : 1200)
    return SpeechDetector.Settings(
      windowMilliseconds: window,
      thresholdDecibels: isLow("startOfSpeechSensitivity", "START_SENSITIVITY") ? -35 : -45,
      startWindows: max(1, (min(prefix, longestMilliseconds) + window - 1) / window),
      silenceMilliseconds: min(max(window, silence), longestMilliseconds))
  }

  /// An hour: longer waits than that never end anyway.
  private static let longestMilliseconds = 3_600_000
}

extension Optional<JSONValue> {
  /// The text of a `Content`'s parts.
  var text: String {
    self?["parts"]?.array?.compactMap { $0["text"]?.string }.joined(separator: " ") ?? ""
  }
}
