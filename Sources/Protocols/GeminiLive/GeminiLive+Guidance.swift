import Conversation

extension GeminiLive {
  private static let root = "/ws/google.ai.generativelanguage"

  /// What the Live API's documentation asks of a client, by what a scenario awaits.
  static let guidance = Guidance(
    endpoints: [
      "GET \(root).v1beta.GenerativeService.BidiGenerateContent",
      "GET \(root).v1alpha.GenerativeService.BidiGenerateContentConstrained",
    ],
    awaits: [
      "user":
        "send 'realtimeInput', or 'clientContent' with 'turnComplete' (Live API reference, "
        + "\"Send messages\")",
      "tool_result":
        "send 'toolResponse' with a 'functionResponses' entry that has the 'id' of the call "
        + "(\"Tool use with Live API\", \"Function calling\")",
      "interruption":
        "send speech while the model speaks (Live API \"Capabilities\", "
        + "\"Handling interruptions\")",
      "reconnect":
        "connect again, with the newest handle in 'setup.sessionResumption.handle' (Live API "
        + "\"Session management\", \"Session resumption\")",
    ])

  static let tokenGuidance = Guidance(endpoints: ["POST /v1alpha/auth_tokens"])
}
