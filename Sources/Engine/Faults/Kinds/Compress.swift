package import VirtualTime
import Wire

/// The body comes with the content coding gzip, asked for or not.
///
///     faults: [{compress: }]
///
/// A proxy that compresses everything, streams of events too: readers that look at the bytes before
/// they are decoded find none. Nothing gets smaller, since a client cannot tell.
package struct Compress: Fault {
  package static let name = "compress"
  package static let media = [Medium.stream, .answer]
  package static let touchesHeads = true
  package static let summary =
    "The body comes in gzip, asked for or not: a proxy that compresses everything."
  private var gzip: Gzip?

  package init(_ values: FaultValues) {}

  package mutating func pass(_ item: Passing, rolling dice: inout Dice) -> [Delayed] {
    switch item {
    case .head(var response):
      var gzip = Gzip()
      response.headers.append(Header("Content-Encoding", "gzip"))
      response.body = Gzip.head + gzip.blocks(response.body)
      self.gzip = gzip
      return [Delayed(.pass(.head(response)))]
    case .piece(let payload):
      // The head went out before: what is left stays as it was announced.
      guard let blocks = gzip?.blocks(payload.bytes) else { return [Delayed(.pass(item))] }
      return [Delayed(.pass(.piece(Payload(blocks))))]
    case .finish:
      guard let gzip else { return [Delayed(.pass(item))] }
      return [Delayed(.pass(.piece(Payload(gzip.end())))), Delayed(.pass(item))]
    case .response(var response):
      response.headers.append(Header("Content-Encoding", "gzip"))
      response.body = Gzip.whole(response.body)
      return [Delayed(.pass(.response(response)))]
    case .upgrade, .message, .close: return [Delayed(.pass(item))]
    }
  }
}
