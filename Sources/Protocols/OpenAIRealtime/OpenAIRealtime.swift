package import Audio
package import Conversation
import JSON
import Wire

/// The OpenAI Realtime API, as a client reaches it over WebSocket.
package enum OpenAIRealtime {
  package static let wireProtocol = WireProtocol(
    name: "openai-realtime", accepts: accepts, credential: credential,
    model: { $0.query("model") }, chunkings: [chunking], abilities: [.say, .send, .close],
    clientMessages: LiveSession.supportedTypes, kind: { $0["type"]?.string },
    client: { RealtimeClient() },
    open: { OpenAIRealtimeSession(settings: $0) })

  /// Lengths of `response.output_audio.delta` that client logs report for gpt-realtime: 100 ms,
  /// 150 ms, then 250 ms each; the rest comes last.
  package static let chunking = Chunking(milliseconds: [100, 150, 250], repeatingFrom: 2)

  /// `…/realtime` under any prefix: SDKs append it to whatever base URL they are given.
  private static func accepts(_ request: Request) -> Bool {
    request.asksForWebSocket && request.path.hasSuffix("/realtime")
  }

  /// Realtime guide, "Connect with WebSocket": the key stands in `Authorization`, on Azure in
  /// `api-key`, and in browsers, which cannot set headers, in a subprotocol.
  static func credential(_ request: Request) -> String? {
    if let authorization = request.header("Authorization") {
      let words = authorization.split(separator: " ", maxSplits: 1)
      if words.count == 2, words[0].lowercased() == "bearer" { return words[1].trimmingSpaces() }
    }
    if let key = request.header("api-key") { return key }
    let prefix = "openai-insecure-api-key."
    return request.subprotocols.first { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
  }
}
