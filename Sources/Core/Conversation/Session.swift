package import Audio
package import VirtualTime
package import Wire

/// The server side of one connection, as a pure state machine: what came in, what goes out.
///
/// A session is a service without a mind of its own. It knows every rule of its protocol; what the
/// model says comes as a `ServerAction` from whoever plays the scenario, and what the client did
/// goes there as a `ClientEvent`.
package protocol Session: Sendable {
  /// When the session wants `.due`; nil for never. It may change with every `receive`.
  var deadline: Instant? { get }

  /// Takes one input and returns everything that follows from it, in order.
  mutating func receive(_ input: Input, at now: Instant, in namespace: inout Namespace) -> [Output]
}

/// What reaches a session.
package enum Input: Hashable, Sendable {
  /// The first input of every session; it is answered with one `.upgrade` or one `.respond`.
  case opened(Request)
  case message(Message)
  /// `deadline` has passed.
  case due
  case direction(ServerAction)
  /// The last input: the connection is gone. Nil when no close frame came (1006).
  case closed(CloseCode?, String)
}

/// What a session decides.
package enum Output: Hashable, Sendable {
  /// Accept the WebSocket, with one of the offered subprotocols or none.
  case upgrade(subprotocol: String?)
  case respond(Response)
  case send(Message)
  /// A nil code closes without a status.
  case close(CloseCode?, String)
  /// What the client did, in neutral words.
  case heard(ClientEvent)
  /// The direction given last has been carried out; the next may come.
  case performed
  /// Why the session did this, for the person who watches the log.
  case explain(LogLine)
}

/// How one protocol is reached and begun. The catalogue of the executable lists them.
package struct WireProtocol: Sendable {
  /// Such as `openai-realtime`; it names transcripts, and scenarios refer to it.
  package let name: String
  /// Whether a request is for this protocol.
  package let accepts: @Sendable (Request) -> Bool
  /// The key or token the client shows, wherever this protocol allows it to stand.
  package let credential: @Sendable (Request) -> String?
  package let open: @Sendable (SessionSettings) -> any Session
  /// How the protocol cuts audio, so that clips are cut once before anybody connects.
  package let chunkings: [Chunking]
  /// The rate of audio whose message names none, in samples per second.
  package let audioRate: Int

  package init(
    name: String, accepts: @escaping @Sendable (Request) -> Bool,
    credential: @escaping @Sendable (Request) -> String?,
    chunkings: [Chunking], audioRate: Int = 24_000,
    open: @escaping @Sendable (SessionSettings) -> any Session
  ) {
    self.name = name
    self.accepts = accepts
    self.credential = credential
    self.chunkings = chunkings
    self.audioRate = audioRate
    self.open = open
  }
}

/// What the scenario decides about a session as a whole.
package struct SessionSettings: Hashable, Sendable {
  package var pace: Pace

  package init(pace: Pace = .service) { self.pace = pace }
}
