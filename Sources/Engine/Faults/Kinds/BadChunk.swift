package import VirtualTime
import Wire

/// A chunk whose size is no number.
///
///     faults:
///     - bad_chunk: {after: 2 messages}
///
/// RFC 9112, 7.1, has sizes in hexadecimal; a proxy that mixes up two answers sends anything.
package struct BadChunk: Fault {
  package static let name = "bad_chunk"
  package static let media = [Medium.stream, .answer]
  package static let endsConnections = true
  package static let summary = "A chunk of the body whose size is no number."

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .piece(let payload): return wrong([], payload.bytes)
    case .response(let response):
      let chunked = [Header("Transfer-Encoding", "chunked")]
      return wrong(HTTPText.head(response, adding: chunked), response.body)
    case .upgrade, .head, .message, .close, .finish: return [Delayed(.pass(item))]
    }
  }

  private func wrong(_ head: [UInt8], _ body: [UInt8]) -> [Delayed] {
    [Delayed(.raw(head + Array("xyz\r\n".utf8) + body + [0x0D, 0x0A])), Delayed(.disconnect)]
  }
}
