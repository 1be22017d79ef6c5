/// How a connection carries bytes from some point on: what proxies, load balancers and bad networks
/// do to one that is open.
///
/// A shape is a whole: `Shape()` undoes every other one.
package struct Shape: Hashable, Sendable {
  /// How fast the client gets what the server sends. Nil for as fast as it reads; 0 for not at all:
  /// the connection stalls, pongs and the ends of TCP and TLS included, and stays open.
  package var bytesPerSecond: Int?
  /// The most that is written at once: 1 makes the bytes drip. Nil leaves them together.
  package var pieceBytes: Int?
  /// Whether what the client sends stays unread, so that in the end it cannot send any more.
  package var isDeaf = false
  package var pongs = Pongs.sent

  /// What becomes of the answers to a WebSocket client's pings.
  package enum Pongs: Hashable, Sendable {
    case sent
    case withheld
    case late(Duration)
  }

  package init(
    bytesPerSecond: Int? = nil, pieceBytes: Int? = nil, isDeaf: Bool = false, pongs: Pongs = .sent
  ) {
    self.bytesPerSecond = bytesPerSecond
    self.pieceBytes = pieceBytes
    self.isDeaf = isDeaf
    self.pongs = pongs
  }

  /// Nothing more comes, and nothing says so.
  package static let stalled = Shape(bytesPerSecond: 0)
}
