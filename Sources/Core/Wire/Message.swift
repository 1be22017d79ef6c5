package import JSON

/// The two kinds of data frames of RFC 6455, 5.6.
package enum Opcode: Hashable, Sendable { case text, binary }

/// One whole WebSocket message, before or after fragmentation.
package struct Message: Hashable, Sendable {
  package let opcode: Opcode
  package let content: Content

  package enum Content: Hashable, Sendable {
    case json(JSONValue)
    /// What is no JSON: sent on purpose, or received so.
    case bytes([UInt8])
  }

  package init(_ opcode: Opcode, _ content: Content) {
    self.opcode = opcode
    self.content = content
  }

  package static func json(_ value: JSONValue, as opcode: Opcode = .text) -> Message {
    Message(opcode, .json(value))
  }

  /// A message as it arrived: parsed where it is JSON.
  package init(received bytes: [UInt8], as opcode: Opcode) {
    self.opcode = opcode
    if let value = try? JSONValue(parsing: bytes) {
      content = .json(value)
    } else {
      content = .bytes(bytes)
    }
  }

  package var json: JSONValue? {
    switch content {
    case .json(let value): value
    case .bytes: nil
    }
  }

  /// The bytes to frame: large shared texts are referred to, not copied.
  package var payload: Payload {
    switch content {
    case .json(let value): Payload(value)
    case .bytes(let bytes): Payload(bytes)
    }
  }
}

/// The bytes of a message as pieces, so that many messages can share one large piece.
package struct Payload: Hashable, Sendable {
  package let pieces: [[UInt8]]

  package init(_ bytes: [UInt8]) { pieces = [bytes] }
  package init(pieces: [[UInt8]]) { self.pieces = pieces }
  package init(_ value: JSONValue) { pieces = value.encodedPieces }

  package var count: Int { pieces.reduce(0) { $0 + $1.count } }
  package var bytes: [UInt8] { Array(pieces.joined()) }
}
