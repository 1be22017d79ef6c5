import Audio

/// How a model behaves where models differ: the model pages, and what was observed of each.
struct ModelProfile: Hashable, Sendable {
  enum Style: Hashable, Sendable {
    /// Turns that end.
    case conversation
    /// The user's words come back, interim and final; there are no turns of a model.
    case transcription
    /// Speech in one language becomes speech in another, without turns.
    case translation
  }

  /// What happens to something `setup` asks for.
  enum Support: Hashable, Sendable {
    case accepted
    case refused
    /// Only the version `v1alpha` knows the field.
    case onAlpha
    /// Set-up is completed, and the first content is refused.
    case failsLater
  }

  /// Models whose name begins so; the profile is called by it in scenarios.
  let name: String
  var style = Style.conversation
  /// How a session that asks for TEXT is closed; nil where text is allowed.
  var textClose: CloseRow?
  var answersInAudio = true
  /// What a function is whose declaration does not say.
  var callsBlock = false
  /// Whether declarations may choose.
  var callsAreFixed = false
  var allowsScheduling = true
  /// Whether a result with INTERRUPT waits until the user has finished.
  var waitsForSpeaker = true
  /// Whether calls that an interruption drops are told in `toolCallCancellation`.
  var cancelsCalls = false
  var callIDPrefix = "call_"
  /// Whether audio and the words it says share a frame.
  var sharesFrames = true
  /// Whether `modelTurn` with audio says `role: model`.
  var namesRole = true
  /// Whether the user's words come piece by piece.
  var transcribesInPieces = false
  var tellsVoiceActivity = true
  var acceptsMediaChunks = false
  var acceptsThinkingLevel = true
  var affectiveDialog = Support.accepted
  var proactivity = Support.accepted
  var runsCode = true
  /// Whether thoughts are shown unless the client declines them.
  var thinksAloud = false
  /// Whether `turnComplete` carries `interactionStatus`.
  var tellsInteraction = false
  /// Whether the size of the prompt is told when an answer begins, and not when it ends.
  var announcesPrompt = false
  var resumes = true
  /// Whether handles of resumption come while media streams, too.
  var repeatsHandles = true
  var chunking = GeminiLive.chunking
  var turnCoverage = "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"
  /// Tokens that fit without compression.
  var contextWindow = 131_072

  /// Of several names that fit, the longest counts.
  static let all = [
    ModelProfile(
      name: "gemini-3.8-live", textClose: .modalities, acceptsThinkingLevel: false,
      affectiveDialog: .failsLater),
    ModelProfile(
      name: "gemini-3.8-live-extended-thinking", textClose: .modalities, callsAreFixed: true,
      allowsScheduling: false, tellsInteraction: true),
    ModelProfile(
      name: "gemini-3.1-flash-live", textClose: .internal, callsBlock: true, callsAreFixed: true,
      callIDPrefix: "fc_", affectiveDialog: .refused, proactivity: .refused, runsCode: false,
      announcesPrompt: true),
    ModelProfile(
      name: "gemini-3.5-transcribe-live", style: .transcription, answersInAudio: false,
      resumes: false),
    ModelProfile(
      name: "gemini-3.5-live-translate", style: .translation, textClose: .modalities,
      chunking: GeminiLive.translationChunking),
    ModelProfile(
      name: "gemini-2.5-flash-native-audio", textClose: .noVoice, callsBlock: true,
      waitsForSpeaker: false, cancelsCalls: true, callIDPrefix: "function-call-",
      sharesFrames: false, namesRole: false, transcribesInPieces: true, tellsVoiceActivity: false,
      acceptsMediaChunks: true, affectiveDialog: .onAlpha, proactivity: .onAlpha,
      thinksAloud: true, repeatsHandles: false, chunking: GeminiLive.evenChunking,
      turnCoverage: "TURN_INCLUDES_ONLY_ACTIVITY"),
    // Recorded on Vertex: the turn that calls ends, and the answer is a turn of its own.
    ModelProfile(
      name: "gemini-live-2.5-flash", waitsForSpeaker: false, cancelsCalls: true,
      callIDPrefix: "function-call-", sharesFrames: false, namesRole: false,
      transcribesInPieces: true,
      tellsVoiceActivity: false, acceptsMediaChunks: true, repeatsHandles: false,
      chunking: GeminiLive.evenChunking, turnCoverage: "TURN_INCLUDES_ONLY_ACTIVITY"),
    ModelProfile(
      name: "gemini-2", callsBlock: true, waitsForSpeaker: false, cancelsCalls: true,
      callIDPrefix: "function-call-", sharesFrames: false, namesRole: false,
      transcribesInPieces: true,
      tellsVoiceActivity: false, acceptsMediaChunks: true, repeatsHandles: false,
      chunking: GeminiLive.evenChunking, turnCoverage: "TURN_INCLUDES_ONLY_ACTIVITY"),
    ModelProfile(name: "gemini-robotics-er-2-streaming"),
    ModelProfile(name: "gemini-3", textClose: .modalities),
  ]

  /// A model nobody has described: it takes everything.
  static let unknown = ModelProfile(name: "", acceptsMediaChunks: true)

  /// The profile of a model by its name, with or without `models/` or the path of Vertex.
  static func of(_ model: String) -> ModelProfile {
    let name = model.bareModelName
    return all.filter { name.hasPrefix($0.name) }.max { $0.name.count < $1.name.count } ?? unknown
  }

  static func named(_ name: String) -> ModelProfile? { all.first { $0.name == name } }
}

extension String {
  /// `models/gemini-3.8-live` to `gemini-3.8-live`.
  var bareModelName: String { split(separator: "/").last.map(String.init) ?? "" }
}
