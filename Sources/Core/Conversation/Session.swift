package import JSON
package import VirtualTime
package import Wire

/// The server side of one connection, or of one HTTP exchange, as a pure state machine: what came
/// in, what goes out.
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
  /// The first input of every session; it is answered with one `.upgrade`, `.respond` or `.begin`,
  /// for an exchange at once or later.
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
  /// The whole answer to a request; an exchange is over with it.
  case respond(Response)
  /// The head of an answer whose body follows in pieces, such as a stream of events.
  case begin(Response)
  /// The next piece of that body.
  case stream(Payload)
  /// The body is complete; an exchange is over with it.
  case finish
  case send(Message)
  /// A nil code closes without a status.
  case close(CloseCode?, String)
  /// Which conversation the exchange belongs to: it comes before the first `.heard`.
  case converse(ConversationThread)
  /// A later exchange may go on from here by this name.
  case remember(String)
  /// What the client did, in neutral words.
  case heard(ClientEvent)
  /// The direction given last has been carried out; the next may come.
  case performed
  /// Why the session did this, for the person who watches the log.
  case explain(LogLine)
}

/// Where in a scenario an HTTP exchange begins, or a WebSocket that resumes an earlier session.
package enum ConversationThread: Hashable, Sendable {
  /// At the first step.
  case new
  /// Where the exchange that said `.remember` with this name stood.
  case following(String)
  /// Behind the answer to so many user turns, which the client repeats as history.
  case afterTurns(Int)
  /// At the first step again: the exchange has several conversations, one after another.
  case apart
}

/// What the scenario decides about a session as a whole.
package struct SessionSettings: Hashable, Sendable {
  package var pace: Pace
  /// Whether the service refuses what the real one refuses; otherwise it accepts and warns.
  package var isStrict: Bool
  /// The models that exist; nil lets every name pass that the protocol does not forbid.
  package var models: [String]?
  /// The keys that are accepted; nil accepts any.
  package var keys: [String]?
  /// Keys that are refused as expired.
  package var expiredKeys: [String] = []
  /// How many requests a key may make in a minute; nil for as many as it likes.
  package var quota: Int?
  /// Methods that want an OAuth token, and no key, in the protocol's words.
  package var methodsOfOAuth: [String] = []
  /// What stands under the protocol's name, by the rules it declares.
  package var options: [String: SettingValue]
  /// Options of the kind `json`, as written.
  package var documents: [String: JSONValue]

  package init(
    pace: Pace = .service, isStrict: Bool = true, models: [String]? = nil, keys: [String]? = nil,
    options: [String: SettingValue] = [:], documents: [String: JSONValue] = [:]
  ) {
    self.pace = pace
    self.isStrict = isStrict
    self.models = models
    self.keys = keys
    self.options = options
    self.documents = documents
  }

  package func word(_ key: String) -> String? {
    if case .word(let word) = options[key] { word } else { nil }
  }

  package func flag(_ key: String) -> Bool? {
    if case .flag(let flag) = options[key] { flag } else { nil }
  }

  package func integer(_ key: String) -> Int? {
    if case .integer(let integer) = options[key] { integer } else { nil }
  }

  package func duration(_ key: String) -> Duration? {
    if case .duration(let duration) = options[key] { duration } else { nil }
  }

  package func text(_ key: String) -> String? {
    if case .text(let text) = options[key] { text } else { nil }
  }

  package func texts(_ key: String) -> [String]? {
    if case .texts(let texts) = options[key] { texts } else { nil }
  }
}
