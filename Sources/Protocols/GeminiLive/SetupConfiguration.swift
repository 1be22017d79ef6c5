import Audio
import JSON

/// What `setup` decides (Live API reference, "BidiGenerateContentSetup").
struct SetupConfiguration: Sendable {
  let model: String
  /// Text instead of audio out.
  let isText: Bool
  let transcribesInput: Bool
  let transcribesOutput: Bool
  /// Nil when the client marks its turns itself.
  let detection: SpeechDetector.Settings?
  /// `START_OF_ACTIVITY_INTERRUPTS`, the default, or `NO_INTERRUPTION`.
  let activityInterrupts: Bool
  /// `clientContent` is history until one has `turnComplete`.
  let beginsWithHistory: Bool
  let wantsResumption: Bool
  /// A handle of an earlier session that the client wants to go on with.
  let resumptionHandle: String?
  let instructionTokens: Int

  init(_ setup: JSONObject) throws(Refused) {
    guard let model = setup["model"]?.string, !model.isEmpty else {
      throw .invalidArgument("'setup.model' is missing")
    }
    self.model = model
    isText = try Self.isText(setup["generationConfig"]?["responseModalities"]?.array ?? [])
    transcribesInput = setup["inputAudioTranscription"] != nil
    transcribesOutput = setup["outputAudioTranscription"] != nil
    let input = setup["realtimeInputConfig"]
    let automatic = input?["automaticActivityDetection"]
    detection =
      automatic?["disabled"]?.bool == true ? nil : Self.detection(automatic?.object ?? [:])
    activityInterrupts = input?["activityHandling"]?.string != "NO_INTERRUPTION"
    beginsWithHistory =
      setup["historyConfig"]?["initialHistoryInClientContent"]?.bool ?? false
    wantsResumption = setup["sessionResumption"] != nil
    resumptionHandle = setup["sessionResumption"]?["handle"]?.string
    instructionTokens = TokenCount.text(
      setup["systemInstruction"]?["parts"]?.array?.compactMap { $0["text"]?.string }.joined() ?? "")
  }

  /// From 3.1 on a frame may hold audio and its transcription, and `mediaChunks` is refused.
  var isThirdGeneration: Bool {
    model.split(separator: "/").last.map { $0.hasPrefix("gemini-3") } ?? false
  }

  /// One modality at a time; audio is the default of every current model.
  private static func isText(_ modalities: [JSONValue]) throws(Refused) -> Bool {
    let names = modalities.compactMap(\.string)
    switch names {
    case [], ["AUDIO"]: return false
    case ["TEXT"]: return true
    default:
      throw .invalidArgument(
        "'responseModalities' is \(names.joined(separator: ", ")): one of AUDIO, TEXT is allowed")
    }
  }

  /// Published are the names, not the numbers. What was measured: a start 140 to 200 ms after
  /// speech begins, an end 1.2 s after it ends. High sensitivity hears speech at -45 dBFS, low at
  /// -35; the ends differ in the silence they want.
  private static func detection(_ automatic: JSONObject) -> SpeechDetector.Settings {
    let window = 40
    let isDeaf = automatic["startOfSpeechSensitivity"]?.string == "START_SENSITIVITY_LOW"
    let isPatient = automatic["endOfSpeechSensitivity"]?.string == "END_SENSITIVITY_LOW"
    let prefix = automatic["prefixPaddingMs"]?.integer ?? 160
    let silence = automatic["silenceDurationMs"]?.integer ?? (isPatient ? 1600 : 1200)
    return SpeechDetector.Settings(
      windowMilliseconds: window, thresholdDecibels: isDeaf ? -35 : -45,
      startWindows: max(1, (prefix + window - 1) / window),
      silenceMilliseconds: max(window, silence))
  }
}
