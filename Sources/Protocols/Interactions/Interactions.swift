package import Audio
package import Conversation
import JSON
import Wire

/// The Gemini Interactions API: REST and server-sent events, in both revisions of its schema.
package enum Interactions {
  package static let wireProtocol = WireProtocol(
    name: "interactions", accepts: { Route($0) != nil }, credential: Credential.of,
    model: model, chunkings: [chunking, wholeClip],
    abilities: [.say, .think, .call, .execute, .show, .fail, .send, .close],
    options: Options.settings, kind: { $0["event_type"]?.string ?? $0["type"]?.string },
    isExchange: true, guidance: guidance, description: { description },
    client: { InteractionsClient(key: $0) },
    open: { InteractionsSession(settings: $0) })

  /// What the API's documentation asks of a client, by what a scenario awaits.
  private static let guidance = Guidance(
    endpoints: ["POST /v1beta/interactions", "GET /v1beta/interactions/{id}"],
    awaits: [
      "user": "send the next request with 'input', and 'previous_interaction_id' to go on",
      "tool_result":
        "send the next request with 'previous_interaction_id' and an input of type "
        + "'function_result' that has the 'call_id' of the call (Interactions API, \"Function "
        + "calling\")",
    ])

  /// How long the audio of a delta plays.
  package static let chunking = Chunking(every: .milliseconds(200))

  /// Without a stream a clip is one content; an hour is more than any model speaks.
  static let wholeClip = Chunking(every: .seconds(3600))

  private static func model(_ request: Request) -> String? {
    guard let body = try? JSONValue(parsing: request.body) else { return nil }
    return (body["model"] ?? body["agent"])?.string
  }
}
