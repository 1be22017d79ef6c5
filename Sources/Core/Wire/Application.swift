package import VirtualTime

/// Names one connection, or one HTTP exchange, for as long as it lives; never used again.
package struct ConnectionID: Hashable, Comparable, Sendable {
  package let number: UInt64

  package init(number: UInt64) { self.number = number }

  package static func < (left: ConnectionID, right: ConnectionID) -> Bool {
    left.number < right.number
  }
}

/// What happens to a connection.
package enum PeerEvent: Hashable, Sendable {
  /// A request came in whole. It is answered by exactly one `.upgrade`, `.respond` or `.begin`: a
  /// WebSocket's at once, an exchange's at once or later.
  case opened(Request)
  case message(Opcode, [UInt8])
  /// The deadline of the connection has passed.
  case due
  /// The server is about to end, and an open WebSocket has its last chance to be closed well.
  case stopping
  /// The connection is gone; nothing may be sent any more. The code is that of the side that closed
  /// first; nil when there was no close frame (1006).
  case closed(CloseCode?, String)
}

/// What is to be done with a connection.
package enum PeerCommand: Hashable, Sendable {
  /// Accept the WebSocket; the subprotocol is one of those offered, or none.
  case upgrade(subprotocol: String?)
  /// Answer the request with HTTP, also in place of an upgrade.
  case respond(Response)
  /// Answer with a head whose body follows in pieces.
  case begin(Response)
  /// The next piece of that body.
  case stream(Payload)
  /// That body is complete.
  case finish
  case send(Opcode, Payload)
  /// Send what is queued, then a close frame. A nil code closes without a status (1005).
  case close(CloseCode?, String)
  /// Cut the connection with a TCP reset, once what was sent before has arrived.
  case reset
  /// Put bytes on the wire as they are, outside of all framing, behind what was sent before: half a
  /// frame, a reserved opcode, a chunk with a wrong length. In place of an answer they are one,
  /// which only `end`, `reset` or the client completes.
  case raw([UInt8])
  /// Carry the bytes in another way, from behind what was sent before. Together with an `upgrade`
  /// or an answer that follows, it holds for these too.
  case shape(Shape)
  /// End the server's side with a TCP FIN, through TLS with a close_notify, behind what was sent
  /// before; what the client sends is still taken. What is sent later is lost.
  case halfClose
  /// End the connection with a TCP FIN behind what was sent before, and without a close frame, as
  /// a process does that dies (1006). Through TLS a close_notify comes first, or not: a truncation.
  case end(closeNotify: Bool)
  /// A line for the person who watches: what happened, and where it helps, why.
  case log(LogLine)
  /// A line for the transcript file `name`, to be appended with a line feed.
  case record(line: [UInt8], file: String)
}

/// A line of the log, for the person who watches.
package struct LogLine: Hashable, Sendable {
  package enum Level: String, Sendable { case info, warning, error }

  package let level: Level
  package let text: String

  package init(_ level: Level, _ text: String) {
    self.level = level
    self.text = text
  }
}

/// What a transport serves: one value per loop, which decides for all connections of that loop.
///
/// It has no clock and no socket. The transport calls it on one thread, carries out what it
/// returns in order, and comes back with `.due` when `deadline(of:)` has passed.
package protocol Application {
  mutating func receive(_ event: PeerEvent, from connection: ConnectionID, at now: Instant)
    -> [PeerCommand]

  /// When the connection wants `.due`; nil for never. Asked after each `receive`.
  func deadline(of connection: ConnectionID) -> Instant?

  /// Whether the body of a plain request is to be kept outside of memory; `head` has no body yet.
  /// Any loop's application may be asked, whichever gets the request.
  func keepsBody(of head: Request) -> Bool
}

extension Application {
  package func keepsBody(of head: Request) -> Bool { false }
}
