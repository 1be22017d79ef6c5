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
    isExchange: true, client: { InteractionsClient() },
    open: { InteractionsSession(settings: $0) })

  /// How long the audio of a delta plays.
  package static let chunking = Chunking(every: .milliseconds(200))

  /// Without a stream a clip is one content; an hour is more than any model speaks.
  static let wholeClip = Chunking(every: .seconds(3600))

  private static func model(_ request: Request) -> String? {
    guard let body = try? JSONValue(parsing: request.body) else { return nil }
    return (body["model"] ?? body["agent"])?.string
  }
}
