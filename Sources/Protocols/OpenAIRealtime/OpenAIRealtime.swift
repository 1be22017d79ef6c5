package import Audio
package import Conversation
import JSON
import Wire

/// The OpenAI Realtime API, as a client reaches it over WebSocket.
package enum OpenAIRealtime {
  package static let wireProtocol = WireProtocol(
    name: "openai-realtime", accepts: accepts, credential: credential, namespace: namespace,
    model: { $0.query("model") ?? $0.query("deployment") }, chunkings: [chunking],
    abilities: [.say, .think, .call, .interrupt, .fail, .goAway, .send, .close],
    options: Knobs.settings, clientMessages: clientMessages, kind: { $0["type"]?.string },
    guidance: guidance, retell: Retelling.retold,
    client: { RealtimeClient(key: $0) }, auditor: { EventOrder() },
    open: { OpenAIRealtimeSession(settings: $0) })

  /// The REST resources beside it: keys for browsers, and the control of calls.
  package static let restProtocol = WireProtocol(
    name: "openai-realtime-rest", accepts: RESTSession.accepts, credential: credential,
    namespace: namespace, section: wireProtocol.name, guidance: restGuidance,
    description: { description },
    open: { RESTSession(settings: $0) })

  /// Lengths of `response.output_audio.delta` that client logs report for gpt-realtime: 100 ms,
  /// 150 ms, then 250 ms each; the rest comes last.
  package static let chunking = Chunking(milliseconds: [100, 150, 250], repeatingFrom: 2)

  private static let clientMessages =
    LiveSession.supportedTypes + ["output_audio_buffer.clear", "transcription_session.update"]

  /// `…/realtime` under any prefix: SDKs append it to whatever base URL they are given.
  private static func accepts(_ request: Request) -> Bool {
    request.asksForWebSocket
      && (request.path.hasSuffix("/realtime") || request.path.hasSuffix("/realtime/translations"))
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

  /// An ephemeral key leads to the namespace of the key that made it.
  private static func namespace(_ request: Request) -> String? {
    credential(request).map(EphemeralKeys.namespace(of:))
  }
}
