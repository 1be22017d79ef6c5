import Diagnostics
import JSON
import Transcripts
import VirtualTime
import Wire

/// Every request that came, as it came, and what became of it: what a test asks about afterwards.
///
/// Requests are kept as they are and redacted when somebody reads them, so that keeping one costs
/// next to nothing. What is oldest is forgotten first.
struct Journal: Sendable {
  /// One request, or one WebSocket.
  struct Entry: Sendable {
    /// From 1, in the order they came; never used again.
    let number: Int
    let connection: ConnectionID
    let place: Place
    let request: Request
    let opened: Instant
    /// Its length; what is kept of it may be less.
    let bodyBytes: Int
    /// The answer's; nil while there is none, and when there was nothing but a reset.
    var status: Int?
    var ended: Instant?
    /// Nil without a close frame (1006), and for what is no WebSocket.
    var close: (code: CloseCode, reason: String)?
    var verdicts: [Finding] = []
  }

  /// Who took the request.
  struct Place: Sendable {
    let scenario: String
    /// The API key, by which others do not see it.
    let key: String
    /// The protocol's name or `route`; nil when nothing takes it.
    let taker: String?
  }

  /// What the entries are written into, each when its connection is over.
  static let file = "journal.jsonl"

  /// More than any test makes, and less than 10 MB of heads.
  static let countMax = 10_000
  /// Bodies are kept whole up to here; of a longer one only the beginning, which shows what it is.
  static let bodyBytesMax = 1 << 20
  static let longBodyBytes = 64 << 10
  /// What all heads and bodies together may take.
  static let bytesMax = 32 << 20
  /// A connection that fails in a loop must not fill the memory.
  private static let verdictsMax = 100

  private var entries: [Int: Entry] = [:]
  private var first = 1
  private var next = 1
  private var bytes = 0
  /// Counts changes, so that nobody looks twice at the same.
  private(set) var revision = 0
  /// The entries whose connection is not over.
  private var open: [ConnectionID: Int] = [:]
  /// Those of them that have no status yet: few, while events of all are many.
  private var unanswered: Set<ConnectionID> = []

  /// In the order they came.
  var all: [Entry] { (first..<next).compactMap { entries[$0] } }

  mutating func begin(
    _ request: Request, from connection: ConnectionID, at place: Place, _ now: Instant
  ) {
    let contents = request.contents
    var kept = request
    // An upload's file is gone when the upload is; what is kept of it lies in memory.
    kept.blob = nil
    let isLong = contents.byteCount > Self.bodyBytesMax
    if isLong || request.blob != nil {
      let length = isLong ? Self.longBodyBytes : contents.byteCount
      kept.body = contents.bytes(in: 0..<length) ?? []
    }
    bytes += kept.keptBytes
    entries[next] = Entry(
      number: next, connection: connection, place: place, request: kept, opened: now,
      bodyBytes: contents.byteCount)
    open[connection] = next
    unanswered.insert(connection)
    next += 1
    revision += 1
    // Usually it is made at an end; where nothing ends, what is open must not fill the memory.
    if bytes > 2 * Self.bytesMax { makeRoom() }
  }

  private mutating func makeRoom() {
    while bytes > Self.bytesMax || next - first > Self.countMax {
      bytes -= entries.removeValue(forKey: first)?.request.keptBytes ?? 0
      first += 1
    }
  }

  /// Takes in what is done with a connection.
  mutating func follow(_ commands: [PeerCommand], of connection: ConnectionID) {
    guard !unanswered.isEmpty, unanswered.contains(connection), let number = open[connection]
    else { return }
    for command in commands {
      switch command {
      case .upgrade: entries[number]?.status = 101
      case .respond(let response), .begin(let response):
        entries[number]?.status = response.status
      case .stream, .finish, .send, .close, .reset, .raw, .shape, .halfClose, .end, .log, .record:
        continue
      }
      unanswered.remove(connection)
      revision += 1
      return
    }
  }

  mutating func note(_ verdicts: [Finding], of connection: ConnectionID) {
    guard !verdicts.isEmpty, let number = open[connection] else { return }
    revision += 1
    let room = Self.verdictsMax - (entries[number]?.verdicts.count ?? 0)
    entries[number]?.verdicts += verdicts.prefix(room)
  }

  /// The entry of a connection that is over.
  mutating func end(
    _ connection: ConnectionID, _ code: CloseCode?, _ reason: String, at now: Instant
  )
    -> Entry?
  {
    // Nobody waits for the room, so it is made when the connection is over.
    defer { makeRoom() }
    unanswered.remove(connection)
    guard let number = open.removeValue(forKey: connection) else { return nil }
    entries[number]?.ended = now
    revision += 1
    if let code { entries[number]?.close = (code, reason) }
    return entries[number]
  }

  /// What is not over.
  var unended: [Entry] { open.values.sorted().compactMap { entries[$0] } }

  /// Forgets what fits; what goes on is not told of any more. Returns how many that were.
  mutating func forget(where fits: (Entry) -> Bool) -> Int {
    let leaving = all.filter(fits)
    for entry in leaving {
      entries[entry.number] = nil
      bytes -= entry.request.keptBytes
      if open[entry.connection] == entry.number { open[entry.connection] = nil }
    }
    return leaving.count
  }
}

extension Journal.Entry {
  /// For reports: without secrets, and else as it came.
  var json: JSONValue {
    var json: JSONObject = [
      "number": .int(number), "at": Self.seconds(opened),
      "kind": request.asksForWebSocket ? "websocket" : "http",
      "connection": .int(Int(clamping: connection.number)), "scenario": .string(place.scenario),
      "protocol": .optional(place.taker), "method": .string(request.method),
      "target": .string(Redaction.target(request.target)),
      "headers": .array(
        request.headers.map { header in
          let safe = Redaction.header(header)
          return [.string(safe.name), .string(safe.value)]
        }),
    ]
    if bodyBytes > 0 { json["body"] = body }
    json["status"] = status.map { .int($0) } ?? .null
    json["ended"] = ended.map(Self.seconds) ?? .null
    if request.asksForWebSocket, ended != nil {
      json["close"] =
        close.map { ["code": .int(Int($0.code.rawValue)), "reason": .string($0.reason)] } ?? .null
    }
    json["verdicts"] = .array(verdicts.map(Self.json))
    return .object(json)
  }

  /// The body's bytes as text where they are UTF-8, in base64 otherwise.
  private var body: JSONValue {
    let safe = Redaction.bytes(request.body, without: Redaction.secrets(of: request))
    var json: JSONObject = ["size": .int(bodyBytes)]
    if request.body.count < bodyBytes { json["kept"] = .int(request.body.count) }
    if let text = String(validating: safe, as: UTF8.self) {
      json["text"] = .string(text)
    } else {
      json["base64"] = .string(String(decoding: Base64.encode(safe), as: UTF8.self))
    }
    return .object(json)
  }

  private static func json(_ verdict: Finding) -> JSONValue {
    var json: JSONObject = ["kind": .string(verdict.kind.rawValue), "text": .string(verdict.text)]
    if let hint = verdict.hint { json["hint"] = .string(hint) }
    if let location = verdict.location {
      json["file"] = .string(location.file)
      json["line"] = .int(location.line)
    }
    return .object(json)
  }

  /// Since the server began, to the millisecond.
  private static func seconds(_ instant: Instant) -> JSONValue {
    .double(Double((instant - .start).milliseconds) / 1000)
  }
}

extension Request {
  /// What it takes in memory, about.
  fileprivate var keptBytes: Int {
    headers.reduce(body.count + target.utf8.count) {
      $0 + $1.name.utf8.count + $1.value.utf8.count
    }
  }
}
