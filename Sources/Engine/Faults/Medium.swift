/// What a connection carries: not every fault exists in every one.
package enum Medium: String, CaseIterable, Sendable {
  /// Frames after a handshake.
  case webSocket = "websocket"
  /// An HTTP answer that comes in pieces, such as server-sent events.
  case stream
  /// An HTTP answer that comes whole.
  case answer
}
