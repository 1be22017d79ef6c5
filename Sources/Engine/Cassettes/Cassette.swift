package import Conversation
package import JSON
import Transcripts
package import Wire

/// A recorded conversation, in any of the forms that projects keep such recordings in.
///
/// - a transcript of mockgem's own: a line for each thing, with `at`, `from` and what it was;
/// - a list of frames: `{direction: sent|received, data: …}` or `{sent: …}` and `{received: …}`,
///   also below `interactions`, `messages`, `frames` or `events`, or one frame a line with a time;
/// - requests and answers over HTTP as VCR keeps them: `{request: …, response: …}`.
package struct Cassette: Sendable {
  /// A message, and when it came, in seconds.
  package struct Frame: Hashable, Sendable {
    package let at: Double
    package let message: RecordedMessage
  }

  /// A request and its answer.
  package struct Exchange: Hashable, Sendable {
    package let request: Request
    package let response: Response
  }

  package private(set) var frames: [Frame] = []
  package private(set) var exchanges: [Exchange] = []
  /// How the connection was opened, where the recording says so.
  package private(set) var opening: JSONValue?

  package var messages: [RecordedMessage] { frames.map(\.message) }

  /// `values` are the lines of a file of JSON lines, or the one value of a whole file.
  package init(_ values: [JSONValue]) {
    for value in values { read(value) }
  }

  private mutating func read(_ value: JSONValue) {
    if let elements = value.array { return elements.forEach { read($0) } }
    for name in ["interactions", "messages", "frames", "events", "http_interactions"] {
      if let elements = value[name]?.array { return elements.forEach { read($0) } }
    }
    if let open = value["open"] {
      if opening == nil { opening = open }
    } else if value["request"]?.object != nil, value["response"] != nil {
      if let exchange = Exchange(value) { exchanges.append(exchange) }
    } else if let frame = frame(value) {
      frames.append(frame)
    }
  }

  private static let sentWords: Set = [
    "sent", "send", "client", "out", "outgoing", "request", "c2s", "to_server",
  ]
  private static let receivedWords: Set = [
    "received", "receive", "recv", "server", "in", "incoming", "response", "s2c", "to_client",
  ]

  private func frame(_ value: JSONValue) -> Frame? {
    guard let object = value.object else { return nil }
    let at = Cassette.time(object)
    for member in object.members {
      if Cassette.sentWords.contains(member.name), let body = Cassette.body(member.value) {
        return Frame(at: at, message: RecordedMessage(isFromServer: false, body: body))
      }
      if Cassette.receivedWords.contains(member.name), let body = Cassette.body(member.value) {
        return Frame(at: at, message: RecordedMessage(isFromServer: true, body: body))
      }
    }
    let word = ["direction", "from", "dir", "side", "sender", "kind", "type"].lazy
      .compactMap { object[$0]?.string?.lowercased() }
      .first { Cassette.sentWords.contains($0) || Cassette.receivedWords.contains($0) }
    let body = [
      "data", "message", "binary", "payload", "body", "event", "frame", "content", "json",
    ]
    .lazy.compactMap { object[$0].flatMap(Cassette.body) }.first
    guard let word, let body else { return nil }
    return Frame(
      at: at,
      message: RecordedMessage(isFromServer: Cassette.receivedWords.contains(word), body: body))
  }

  /// An object that says something, also where it is kept as text.
  private static func body(_ value: JSONValue) -> JSONValue? {
    // A bare `nil` would be JSON's null here.
    if let object = value.object { return object.isEmpty ? Optional.none : value }
    guard let text = value.string, let parsed = try? JSONValue(parsing: Array(text.utf8)),
      parsed.object != nil
    else { return Optional.none }
    return parsed
  }

  private static func time(_ object: JSONObject) -> Double {
    ["at", "time", "timestamp", "t", "ts", "offset"].lazy.compactMap { object[$0]?.double }.first
      ?? 0
  }
}

extension Cassette.Exchange {
  /// VCR's form: headers with lists of values, bodies as text or already read (`parsed_body`).
  init?(_ value: JSONValue) {
    guard let request = value["request"], let uri = (request["uri"] ?? request["url"])?.string,
      let answer = value["response"]
    else { return nil }
    let status =
      answer["status"]?["code"]?.integer ?? answer["status"]?.integer
      ?? answer["status_code"]?.integer ?? 200
    self.request = Request(
      method: request["method"]?.string ?? "GET", target: Self.target(of: uri),
      headers: Self.headers(request["headers"]), body: Self.body(request))
    response = Response(
      status: status, headers: Self.headers(answer["headers"]), body: Self.body(answer))
  }

  /// The path and query of an address.
  private static func target(of uri: String) -> String {
    guard let mark = uri.firstRange(of: "://") else { return uri }
    let rest = uri[mark.upperBound...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  private static func headers(_ value: JSONValue?) -> [Header] {
    (value?.object?.members ?? []).flatMap { member in
      let values = member.value.array?.compactMap(\.string) ?? [member.value.string ?? ""]
      return values.map { Header(member.name, $0) }
    }
  }

  private static func body(_ value: JSONValue) -> [UInt8] {
    if let parsed = value["parsed_body"] { return parsed.encoded }
    let body = value["body"]
    let text = body?.string ?? body?["string"]?.string ?? body?["text"]?.string
    return text.map { Array($0.utf8) } ?? body?.object.map { _ in body?.encoded ?? [] } ?? []
  }
}
