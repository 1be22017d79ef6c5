import Conversation

extension OpenAIRealtime {
  /// What the guide "Realtime conversations" asks of a client, by what a scenario awaits.
  static let guidance = Guidance(
    endpoints: ["GET /v1/realtime", "GET /v1/realtime/translations"],
    awaits: [
      "user":
        "send 'input_audio_buffer.append' until the voice detection ends the turn, or "
        + "'conversation.item.create' and then 'response.create' (guide \"Realtime "
        + "conversations\", \"Text inputs and outputs\")",
      "tool_result":
        "send 'conversation.item.create' with an item of type 'function_call_output' and the "
        + "'call_id' of the call, then 'response.create' (guide \"Realtime conversations\", "
        + "\"Provide the results of a function call to the model\")",
      "interruption":
        "send 'response.cancel', or speech while the model speaks (guide \"Realtime "
        + "conversations\", \"Interruption and truncation\")",
      "reconnect":
        "connect again and send 'session.update': sessions of this API cannot be resumed",
    ])

  static let restGuidance = Guidance(endpoints: [
    "POST /v1/realtime/client_secrets", "POST /v1/realtime/calls",
    "POST /v1/realtime/calls/{call_id}/hangup",
  ])
}
