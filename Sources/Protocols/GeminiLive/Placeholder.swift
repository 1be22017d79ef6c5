package import Conversation
package enum GeminiLive {
  package static let wireProtocol = WireProtocol(
    name: "gemini-live", accepts: { _ in false }, credential: { _ in nil }, chunkings: [],
    open: { preconditionFailure("\($0)") })
}
