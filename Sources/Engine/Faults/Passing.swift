import JSON
package import Wire

/// Something on its way from one side to the other.
package enum Passing: Hashable, Sendable {
  /// The handshake of a WebSocket succeeds, with one of the offered subprotocols or none.
  case upgrade(subprotocol: String?)
  /// The head of an answer whose body follows in pieces.
  case head(Response)
  case message(Message)
  /// A piece of a body that is sent in pieces.
  case piece(Payload)
  /// A whole answer.
  case response(Response)
  /// A close frame. A nil code has no status.
  case close(CloseCode?, String)
  /// The end of a body that is sent in pieces.
  case finish
}

/// What really happens.
package enum Effect: Hashable, Sendable {
  case pass(Passing)
  /// These bytes on the wire, outside of any frame or body.
  case raw([UInt8])
  /// A TCP reset.
  case reset
  /// The server's side of the connection ends, the other stays open.
  case halfClose
  /// The connection ends without a close frame or an end of the body.
  case disconnect
  /// The connection ends without a close frame, and without TLS's close_notify.
  case abort
  /// From here on the bytes are carried in another way.
  case shape(Shape)
}

extension Effect {
  /// Whether it happens to the connection, and not to something that passes.
  var isOfConnection: Bool {
    switch self {
    case .reset, .halfClose, .disconnect, .abort, .shape: true
    case .pass, .raw: false
    }
  }
}

/// An effect, and how long it takes until it happens.
package struct Delayed: Hashable, Sendable {
  package let effect: Effect
  package let delay: Duration
  /// Whether what comes behind it waits for it.
  package let keepsOrder: Bool

  package init(_ effect: Effect, after delay: Duration = .zero, keepsOrder: Bool = true) {
    self.effect = effect
    self.delay = delay
    self.keepsOrder = keepsOrder
  }
}

extension Passing {
  /// What triggers call the head of an answer.
  package static let headKind = "head"

  /// For the log, where the wire has no name for it.
  var words: String {
    switch self {
    case .upgrade: "the handshake"
    case .head: "the head of the answer"
    case .message: "a message"
    case .piece: "a piece of the body"
    case .response: "the answer"
    case .close: "the close frame"
    case .finish: "the end of the body"
    }
  }

  /// Whether it comes before all content.
  package var isHead: Bool {
    switch self {
    case .upgrade, .head: true
    case .message, .piece, .response, .close, .finish: false
    }
  }

  /// How many bytes it is, without framing.
  package var byteCount: Int {
    switch self {
    case .message(let message): message.payload.count
    case .piece(let payload): payload.count
    case .response(let response): response.body.count
    case .upgrade, .head, .close, .finish: 0
    }
  }

  /// How many bytes of audio it holds.
  package var audioBytes: Int {
    if case .message(let message) = self { message.json.map(Passing.audioBytes) ?? 0 } else { 0 }
  }

  /// Audio is the one thing that messages share, and as long as four characters for three bytes.
  private static func audioBytes(in value: JSONValue) -> Int {
    switch value {
    case .shared(let text): text.bytes.count / 4 * 3
    case .array(let elements): elements.reduce(0) { $0 + audioBytes(in: $1) }
    case .object(let object): object.members.reduce(0) { $0 + audioBytes(in: $1.value) }
    case .null, .bool, .number, .string: 0
    }
  }
}
