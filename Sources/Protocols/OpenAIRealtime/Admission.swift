import Conversation
import JSON
import Wire

/// Who is let in: the checks the service makes once the socket is open.
struct Admission: Sendable {
  var dialect = Dialect.ga
  var kind = SessionKind.realtime
  var model = ""
  /// Azure serves the same events with a few habits of its own (recorded).
  var isAzure = false
  /// The connection watches a call: media goes elsewhere, and no `session.created` comes.
  var isSideband = false
  /// The session an ephemeral key was made for.
  var session: JSONObject?
  /// What a strict service would have refused.
  private(set) var warnings: [String] = []

  struct Refused: Error {
    let error: Refusal
    let close: CloseCode
    /// For the log: what the client did, and what to do instead.
    let explanation: String
  }

  init(_ request: Request, _ knobs: Knobs, keys: EphemeralKeys, at unixTime: Int64) throws(Refused)
  {
    isAzure = request.path.hasPrefix("/openai/")
    dialect = Self.dialect(request, isAzure: isAzure)
    if dialect == .beta, !isAzure, !knobs.acceptsBeta { throw .betaIsOff }
    try takeKey(OpenAIRealtime.credential(request) ?? "", knobs, keys, at: unixTime)
    if request.query("intent") == "transcription" || session?["type"] == "transcription" {
      kind = .transcription
      if let model = request.query("model") { try refuse(.transcriptionModel(model), knobs) }
    } else if let call = request.query("call_id") {
      isSideband = true
      model = "gpt-realtime"
      let isKnown = knobs.calls?.contains(call) ?? call.hasPrefix("rtc_")
      if !isKnown { try refuse(.unknownCall(call), knobs) }
    } else {
      let named = request.query("model") ?? request.query("deployment")
      try takeModel(named ?? session?["model"]?.string ?? "", knobs)
    }
  }

  /// A strict service refuses; a lenient one goes on and says so.
  private mutating func refuse(_ refused: Refused, _ knobs: Knobs) throws(Refused) {
    if knobs.isStrict { throw refused }
    warnings.append("accepted, though the service says: \(refused.explanation)")
  }

  private static func dialect(_ request: Request, isAzure: Bool) -> Dialect {
    let asksForBeta =
      request.header("OpenAI-Beta")?.contains("realtime=v1") == true
      || request.subprotocols.contains("openai-beta.realtime-v1")
    // Azure reference, "Realtime API": preview paths name an `api-version` and a `deployment`.
    let isPreview = isAzure && !request.path.hasSuffix("/v1/realtime")
    return asksForBeta || isPreview ? .beta : .ga
  }

  /// An ephemeral key brings the session it was made for; others are good by themselves.
  private mutating func takeKey(
    _ key: String, _ knobs: Knobs, _ keys: EphemeralKeys, at unixTime: Int64
  ) throws(Refused) {
    if key.isEmpty { return try refuse(.noKey, knobs) }
    session = keys.session(of: key, at: unixTime)
    let isEphemeral = key.hasPrefix(EphemeralKeys.prefix)
    let isGood = session != nil || knobs.keys?.contains(key) ?? !isEphemeral
    if !isGood || knobs.expiredKeys.contains(key) { try refuse(.wrongKey(key), knobs) }
  }

  /// Names that are served elsewhere; what else is unknown may be a model to come.
  private static let otherModels = [
    "gpt-3.5", "gpt-4", "gpt-5", "o1", "o3", "o4", "whisper", "tts", "text-", "dall-e", "omni-",
    "gpt-image", "gpt-transcribe", "gpt-live", "chatgpt",
  ]

  private mutating func takeModel(_ named: String, _ knobs: Knobs) throws(Refused) {
    model = named
    if named.isEmpty {
      model = "gpt-realtime"
      return try refuse(.noModel, knobs)
    }
    if let models = knobs.models {
      if !models.contains(named) { try refuse(.wrongModel(named), knobs) }
      return
    }
    // An Azure deployment has any name its owner gives it.
    if isAzure { return }
    if !named.contains("realtime"), Self.otherModels.contains(where: { named.hasPrefix($0) }) {
      try refuse(.wrongModel(named), knobs)
    }
    // Deprecations, "gpt-4o-realtime-preview": the preview models went with the beta.
    if dialect == .ga, named.contains("realtime-preview") {
      try refuse(.retiredModel(named), knobs)
    }
  }
}

extension Admission.Refused {
  static let betaIsOff = Self(
    error: Refusal(
      "beta_api_shape_disabled",
      "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."),
    close: .badRequest,
    explanation: "refused: the client asks for the beta dialect (header 'OpenAI-Beta' or "
      + "subprotocol 'openai-beta.realtime-v1'); leave that out to get the GA API, or let the "
      + "scenario say 'openai-realtime: {beta: accept}'")

  static let noKey = Self(
    error: Refusal("invalid_api_key", "Missing bearer or basic authentication in header"),
    close: .unauthorized,
    explanation: "refused: no API key; send 'Authorization: Bearer KEY', with any KEY")

  static func wrongKey(_ key: String) -> Self {
    let isEphemeral = key.hasPrefix(EphemeralKeys.prefix)
    return Self(
      error: Refusal(
        "invalid_api_key",
        // Messages reach transcripts, and keys never do.
        "Incorrect API key provided: \(key.prefix(3))***. You can find your API key at "
          + "https://platform.openai.com/account/api-keys."),
      close: .unauthorized,
      explanation: isEphemeral
        ? "refused: the ephemeral key has expired or was never made; POST "
          + "…/realtime/client_secrets makes one"
        : "refused: the API key is none of the scenario's 'auth.keys', or one of 'auth.expired'")
  }

  static let noModel = Self(
    error: Refusal(
      "missing_model",
      "You must provide a model parameter, for example "
        + "wss://api.openai.com/v1/realtime?model=gpt-realtime"),
    close: .badRequest,
    explanation: "refused: no model; connect to …/realtime?model=gpt-realtime")

  static func wrongModel(_ model: String) -> Self {
    Self(
      error: Refusal(
        "invalid_model",
        "Model \"\(model)\" is not supported in realtime mode. See "
          + "https://platform.openai.com/docs/models for a list of supported models."),
      close: .badRequest,
      explanation: "refused: '\(model)' is no realtime model, or none of the scenario's 'models'")
  }

  static func retiredModel(_ model: String) -> Self {
    Self(
      error: Refusal(
        "model_not_found",
        "The model `\(model)` does not exist or you do not have access to it."),
      close: CloseCode(rawValue: 4004),
      explanation: "refused: '\(model)' was retired with the beta; use gpt-realtime, or name it "
        + "in the scenario's 'models'")
  }

  /// Realtime transcription guide: the model of a transcription stands in the session.
  static func transcriptionModel(_ model: String) -> Self {
    Self(
      error: Refusal(
        "invalid_model", "You must not provide a model parameter for transcription sessions."),
      close: .badRequest,
      explanation: "refused: 'intent=transcription' together with 'model=\(model)'; name the "
        + "model in session.update at 'audio.input.transcription.model'")
  }

  static func unknownCall(_ call: String) -> Self {
    Self(
      error: Refusal("call_id_not_found", "No session found for the provided call_id."),
      close: CloseCode(rawValue: 4004),
      explanation: "refused: there is no call '\(call)'; 'openai-realtime: {calls: […]}' lists "
        + "those that exist")
  }
}
