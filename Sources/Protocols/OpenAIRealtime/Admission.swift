import Wire

/// Who is let in: the checks the service makes once the socket is open.
enum Admission {
  struct Refused {
    let error: Refusal
    let close: CloseCode
    /// For the log: what the client did, and what to do instead.
    let explanation: String
  }

  /// Any key that is not empty is good, and so is any model name.
  static func refusal(of request: Request) -> Refused? {
    let isBeta =
      request.header("OpenAI-Beta")?.contains("realtime=v1") == true
      || request.subprotocols.contains("openai-beta.realtime-v1")
    // Answered so since 2026-05-12, when the beta was switched off.
    if isBeta {
      return Refused(
        error: Refusal(
          "beta_api_shape_disabled",
          "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."),
        close: .badRequest,
        explanation: "refused: the client asks for the beta dialect (header 'OpenAI-Beta' or "
          + "subprotocol 'openai-beta.realtime-v1'); leave that out to get the GA API")
    }
    if OpenAIRealtime.credential(request)?.isEmpty != false {
      return Refused(
        error: Refusal(
          "invalid_api_key", "Missing bearer or basic authentication in header"),
        close: .unauthorized,
        explanation: "refused: no API key; send 'Authorization: Bearer KEY', with any KEY")
    }
    if request.query("model")?.isEmpty != false {
      return Refused(
        error: Refusal(
          "missing_model",
          "You must provide a model parameter, for example "
            + "wss://api.openai.com/v1/realtime?model=gpt-realtime"),
        close: .badRequest,
        explanation: "refused: no model; connect to …/realtime?model=gpt-realtime")
    }
    return nil
  }
}
