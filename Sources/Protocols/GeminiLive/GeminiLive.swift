package import Audio
package import Conversation
import JSON
import Wire

/// The Live API of Gemini: `BidiGenerateContent` over WebSocket.
package enum GeminiLive {
  package static let wireProtocol = WireProtocol(
    name: "gemini-live", accepts: accepts, credential: credential, chunkings: [chunking],
    abilities: [.say, .send, .close],
    clientMessages: ["setup", "clientContent", "realtimeInput", "toolResponse"],
    kind: { message in message.object?.names.first { $0 != "usageMetadata" } },
    client: { LiveClient() },
    open: { GeminiLiveSession(settings: $0) })

  /// Chunk lengths recorded from gemini-3.8-live: 100 ms, then multiples of 40 ms.
  package static let chunking = Chunking(
    milliseconds: [100, 320, 320, 40, 400, 320, 280, 560], repeatingFrom: 1)

  /// Every spelling SDKs use: any version, any prefix, the Gemini API and Vertex
  /// (`…LlmBidiService/BidiGenerateContent`).
  private static func accepts(_ request: Request) -> Bool {
    guard request.asksForWebSocket else { return false }
    let words = request.path.split(separator: "/")
    guard let last = words.last else { return false }
    if last == "BidiGenerateContent", words.count > 1 {
      return versions("google.cloud.aiplatform.", ["v1", "v1beta1"], ".LlmBidiService")
        .contains(String(words[words.count - 2]))
    }
    let services = versions(
      "google.ai.generativelanguage.", ["v1", "v1beta", "v1alpha"], ".GenerativeService.")
    return services.contains {
      last == $0 + "BidiGenerateContent" || last == $0 + "BidiGenerateContentConstrained"
    }
  }

  private static func versions(_ package: String, _ versions: [String], _ service: String)
    -> [String]
  {
    versions.map { package + $0 + service }
  }

  /// The API key or the ephemeral token, in any of the places the SDKs put it.
  static func credential(_ request: Request) -> String? {
    if let key = request.header("x-goog-api-key") { return key }
    if let authorization = request.header("Authorization") {
      let words = authorization.split(separator: " ", maxSplits: 1)
      if words.count == 2, ["token", "bearer"].contains(words[0].lowercased()) {
        return words[1].trimmingSpaces()
      }
    }
    return request.query("key") ?? request.query("access_token")
  }
}
