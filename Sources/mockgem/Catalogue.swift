import Conversation
import GeminiLive
import Interactions
import GeminiREST
import JSON
import OpenAIRealtime

/// Every protocol mockgem speaks. To add one: its folder, its line in Package.swift, a line here.
enum Catalogue {
  static let protocols: [WireProtocol] = [
    OpenAIRealtime.wireProtocol, OpenAIRealtime.restProtocol, GeminiLive.wireProtocol,
    GeminiLive.tokenProtocol, GeminiLive.musicProtocol, Interactions.wireProtocol,
    GeminiREST.wireProtocol,
  ]

  /// The word a protocol has for a message.
  @Sendable static func kind(_ protocolName: String, _ message: JSONValue) -> String? {
    protocols.first { $0.name == protocolName }?.kind(message)
  }
}
