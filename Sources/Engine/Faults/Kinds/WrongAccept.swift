package import VirtualTime
import Wire

/// The handshake is answered with a `Sec-WebSocket-Accept` of another key.
///
///     faults:
///     - wrong_accept:
///
/// A cache that answers for the service; RFC 6455, 4.1, has the client fail the connection.
package struct WrongAccept: Fault {
  package static let name = "wrong_accept"
  package static let media = [Medium.webSocket]
  package static let touchesHeads = true
  package static let endsConnections = true
  package static let summary = "The handshake is answered for another key: a cache in between."

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    guard case .upgrade = item else { return [] }
    // The answer to the key of RFC 6455, 1.3, which nobody has sent.
    let headers = [
      Header("Upgrade", "websocket"), Header("Connection", "Upgrade"),
      Header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ]
    return [
      Delayed(.raw(HTTPText.head(Response(status: 101, headers: headers), adding: []))),
      Delayed(.disconnect),
    ]
  }
}
