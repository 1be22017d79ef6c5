package import Audio
package import Conversation
import JSON
import Wire

/// The Live API of Gemini: `BidiGenerateContent` over WebSocket.
package enum GeminiLive {
  package static let wireProtocol = WireProtocol(
    name: "gemini-live",
    accepts: { Endpoint.accepts($0, [.content, .constrained]) },
    credential: credential, namespace: Credential.namespace,
    chunkings: [chunking, evenChunking, translationChunking],
    abilities: Set(Ability.allCases), options: LiveOptions.declared,
    clientMessages: ["setup", "clientContent", "realtimeInput", "toolResponse", "contextUpdate"],
    kind: { MessageSchema.shared.kind(of: $0, in: "ClientMessage") }, guidance: guidance,
    retell: { Retold(Retelling.steps(of: $0)) },
    client: { LiveClient(key: $0) }, auditor: { MessageOrder() },
    open: { GeminiLiveSession(settings: $0) })

  /// `POST …/auth_tokens`, which makes the tokens a live session may be begun with.
  package static let tokenProtocol = WireProtocol(
    name: "gemini-auth-tokens", accepts: TokenExchange.accepts, credential: credential,
    namespace: Credential.namespace, guidance: tokenGuidance,
    description: { TokenExchange.description },
    open: { TokenExchange(settings: $0) })

  /// Lyria RealTime: `BidiGenerateMusic` over WebSocket.
  package static let musicProtocol = WireProtocol(
    name: "gemini-music", accepts: { Endpoint.accepts($0, [.music]) }, credential: credential,
    namespace: Credential.namespace, audioRate: 48_000, abilities: [.say, .fail, .send, .close],
    options: LiveOptions.declared.filter { $0.key == "frames" },
    clientMessages: ["setup", "clientContent", "musicGenerationConfig", "playbackControl"],
    kind: { MessageSchema.shared.kind(of: $0, in: "MusicMessage") },
    open: { MusicSession(settings: $0) })

  /// Chunk lengths recorded from gemini-3.8-live: 100 ms, then multiples of 40 ms.
  package static let chunking = Chunking(
    milliseconds: [100, 320, 320, 40, 400, 320, 280, 560], repeatingFrom: 1)
  /// Recorded from the models before 3.1: 11 520 bytes.
  package static let evenChunking = Chunking(every: .milliseconds(240))
  /// Observed at live translation: 12 000 bytes.
  package static let translationChunking = Chunking(every: .milliseconds(250))

  /// The API key or the ephemeral token, in any of the places the SDKs put it.
  static func credential(_ request: Request) -> String? { Credential(request)?.text }
}
