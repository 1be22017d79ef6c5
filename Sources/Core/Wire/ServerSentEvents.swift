package import JSON

/// One event of a `text/event-stream` (WHATWG HTML, "Server-sent events").
package struct ServerSentEvent: Hashable, Sendable {
  /// The value of the `event:` line; nil leaves the line out.
  package var name: String?
  /// The value of the `id:` line; nil leaves the line out.
  package var id: String?
  package var data: Data

  /// What the `data:` lines hold.
  package enum Data: Hashable, Sendable {
    /// Written on one line; large shared texts are referred to, not copied.
    case json(JSONValue)
    /// Written as one `data:` line for each of its lines.
    case text(String)
  }

  package init(name: String? = nil, id: String? = nil, data: Data) {
    self.name = name
    self.id = id
    self.data = data
  }

  /// An event whose data is `value`.
  package static func json(
    _ value: JSONValue, name: String? = nil, id: String? = nil
  ) -> ServerSentEvent {
    ServerSentEvent(name: name, id: id, data: .json(value))
  }
}

/// Writes events as the lines of a `text/event-stream`.
package struct ServerSentEventWriter: Hashable, Sendable {
  /// How a line ends. HTML, "Parsing an event stream", takes all three; not every client does.
  package enum LineEnd: String, CaseIterable, Sendable {
    case lineFeed = "lf"
    case carriageReturnLineFeed = "crlf"
    case carriageReturn = "cr"

    var bytes: [UInt8] {
      switch self {
      case .lineFeed: [0x0A]
      case .carriageReturnLineFeed: [0x0D, 0x0A]
      case .carriageReturn: [0x0D]
      }
    }
  }

  package static let contentType = "text/event-stream"
  /// What a stream may begin with; a reader drops it.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let lineEnd: [UInt8]

  package init(lineEnd: LineEnd = .lineFeed) { self.lineEnd = lineEnd.bytes }

  /// The bytes of `event`, with the empty line that ends it.
  package func payload(_ event: ServerSentEvent) -> Payload {
    var head: [UInt8] = []
    if let name = event.name { head += line("event", oneLine(name)) }
    if let id = event.id { head += line("id", oneLine(id)) }
    switch event.data {
    case .json(let value):
      head += "data: ".utf8
      return Payload(pieces: [head] + value.encodedPieces + [lineEnd + lineEnd])
    case .text(let text):
      // Swift takes a CR LF for one character, so it splits once there.
      for part in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
        head += line("data", String(part))
      }
      return Payload(head + lineEnd)
    }
  }

  /// A line that readers pass over, with the empty line after it: servers keep a stream alive so.
  package func comment(_ text: String) -> Payload {
    Payload(Array(": \(oneLine(text))".utf8) + lineEnd + lineEnd)
  }

  private func line(_ field: String, _ value: String) -> [UInt8] {
    Array("\(field): \(value)".utf8) + lineEnd
  }

  /// A line break in a name would begin another field.
  private func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
