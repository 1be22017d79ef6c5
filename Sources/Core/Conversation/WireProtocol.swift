package import Audio
package import JSON
package import OpenAPI
package import Wire

/// How one protocol is reached and begun. The catalogue of the executable lists them.
///
/// A class, since every connection holds its protocol.
package final class WireProtocol: Sendable {
  /// Such as `openai-realtime`; it names transcripts, and scenarios refer to it.
  package let name: String
  /// Whether a request is for this protocol.
  package let accepts: @Sendable (Request) -> Bool
  /// The key or token the client shows, wherever this protocol allows it to stand.
  package let credential: @Sendable (Request) -> String?
  /// The namespace of the credential, by `Namespace.name(ofKey:)`. A token that was made with a key
  /// leads to the namespace of that key.
  package let namespace: @Sendable (Request) -> String?
  /// The model a request names, where it does.
  package let model: @Sendable (Request) -> String?
  /// Whether the body of a request, of which only the head is there, is kept outside of memory.
  package let keepsBody: @Sendable (Request) -> Bool
  package let open: @Sendable (SessionSettings) -> any Session
  /// What the protocol puts into a fresh namespace before anybody connects.
  package let furnish: @Sendable (SessionSettings, inout Namespace) -> Void
  /// How the protocol cuts audio, so that clips are cut once before anybody connects.
  package let chunkings: [Chunking]
  /// The rate of audio whose message names none, in samples per second.
  package let audioRate: Int
  /// The steps it can express.
  package let abilities: Set<Ability>
  /// What a scenario may decide about it, under `section`.
  package let options: [Setting]
  /// Where a scenario decides about it: its own name, or that of the protocol it belongs to.
  package let section: String
  /// What its clients may send, in the wire's words, such as `session.update`.
  package let clientMessages: [String]
  /// Which of them a message is; also for what the server sends.
  package let kind: @Sendable (JSONValue) -> String?
  /// Whether each turn is an HTTP exchange of its own: then nobody interrupts, and no connection
  /// is there to end.
  package let isExchange: Bool
  /// What to tell a client that is lost.
  package let guidance: Guidance
  /// Reads a recording as steps; nil where nobody has taught it to.
  package let retell: (@Sendable ([RecordedMessage]) -> Retold)?
  /// What it answers over HTTP; nothing where it has WebSockets only.
  package let description: (@Sendable () -> ServiceDescription)?
  /// A client for playing scenarios on paper, which shows this key; nil where nothing plays.
  package let client: (@Sendable (_ key: String) -> any ScriptedClient)?
  /// What watches over the order of a server's messages; nil where nothing does.
  package let auditor: (@Sendable () -> any Auditor)?

  package init(
    name: String, accepts: @escaping @Sendable (Request) -> Bool,
    credential: @escaping @Sendable (Request) -> String?,
    namespace: (@Sendable (Request) -> String?)? = nil,
    model: @escaping @Sendable (Request) -> String? = { _ in nil },
    chunkings: [Chunking] = [], audioRate: Int = 24_000, abilities: Set<Ability> = [],
    options: [Setting] = [], section: String? = nil, clientMessages: [String] = [],
    kind: @escaping @Sendable (JSONValue) -> String? = { _ in nil },
    isExchange: Bool = false, guidance: Guidance = Guidance(),
    description: (@Sendable () -> ServiceDescription)? = nil,
    retell: (@Sendable ([RecordedMessage]) -> Retold)? = nil,
    client: (@Sendable (_ key: String) -> any ScriptedClient)? = nil,
    auditor: (@Sendable () -> any Auditor)? = nil,
    keepsBody: @escaping @Sendable (Request) -> Bool = { _ in false },
    furnish: @escaping @Sendable (SessionSettings, inout Namespace) -> Void = { _, _ in },
    open: @escaping @Sendable (SessionSettings) -> any Session
  ) {
    self.name = name
    self.accepts = accepts
    self.credential = credential
    self.namespace = namespace ?? { credential($0).map(Namespace.name(ofKey:)) }
    self.model = model
    self.chunkings = chunkings
    self.audioRate = audioRate
    self.abilities = abilities
    self.options = options
    self.section = section ?? name
    self.clientMessages = clientMessages
    self.kind = kind
    self.isExchange = isExchange
    self.guidance = guidance
    self.description = description
    self.retell = retell
    self.client = client
    self.auditor = auditor
    self.keepsBody = keepsBody
    self.furnish = furnish
    self.open = open
  }
}
