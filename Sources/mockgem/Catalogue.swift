import Conversation
import GeminiLive
import Interactions
import GeminiREST
import OpenAIRealtime

/// Every protocol mockgem speaks. To add one: its folder, its line in Package.swift, a line here.
enum Catalogue {
  static let protocols: [WireProtocol] = [
    OpenAIRealtime.wireProtocol, OpenAIRealtime.restProtocol, GeminiLive.wireProtocol,
    GeminiLive.tokenProtocol, GeminiLive.musicProtocol, Interactions.wireProtocol,
    GeminiREST.wireProtocol,
  ]
}
