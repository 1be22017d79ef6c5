import Conversation
import Diagnostics
import JSON
import OpenAPI
import Scenarios
import Transcripts
import VirtualTime
import Wire

/// Which entries of the journal a control request is about, and how many it waits for.
///
///     GET /mockgem/journal?method=POST&path=/v1beta/models/*&status=200&wait=5s&count=2
///
/// All that is said must hold. A word it does not know is refused: a filter that is not there
/// would find everything.
struct JournalQuery: Sendable {
  struct Mistake: Error {
    let message: String
  }

  private var method: String?
  private var path: PathTemplate?
  private var kind: String?
  private var wireProtocol: String?
  private var scenario: String?
  private var status: Int?
  private var verdict: Finding.Kind?
  private var header: (name: String, text: String)?
  private var body: [UInt8] = []
  private var isOpen: Bool?
  private var after = 0
  /// How many entries an answer shows, from the oldest.
  private(set) var limit = 1000
  /// How many must fit, where it waits.
  private(set) var count = 1
  /// How long it waits for them; nil for not at all.
  private(set) var wait: Duration?
  /// Entries of other keys are not shown; empty shows all.
  private let key: String

  var isAboutBodies: Bool { !body.isEmpty }

  static var words: [String] { filters.map(\.name) }
  /// What only those may say who wait.
  static let waitingWords = ["wait", "count"]

  /// Parameters that say who asks.
  private static let credentials: Set<String> = ["key", "access_token", "mockgem_scenario"]
  /// A connection that waits holds a place; no test waits longer.
  private static let waitMax = Duration.seconds(600)

  init(_ request: Request, key: String) throws(Mistake) {
    self.key = key
    for item in request.queryItems where !Self.credentials.contains(item.name) {
      try read(item.name, item.value)
    }
  }

  private mutating func read(_ name: String, _ value: String) throws(Mistake) {
    switch name {
    case "method": method = value.uppercased()
    case "path":
      guard let template = PathTemplate(value) else {
        throw mistake(name, value, "'/v1beta/models/*'")
      }
      path = template
    case "kind":
      guard ["http", "websocket"].contains(value) else {
        throw mistake(name, value, "'http' or 'websocket'")
      }
      kind = value
    case "protocol": wireProtocol = value
    case "scenario": scenario = value
    case "status": status = try integer(name, value, in: 100...599)
    case "verdict":
      guard let word = Finding.Kind(rawValue: value) else {
        throw mistake(name, value, Finding.Kind.allCases.map(\.rawValue).joined(separator: ", "))
      }
      verdict = word
    case "header":
      let parts = value.split(separator: ":", maxSplits: 1).map { $0.trimmingSpaces() }
      guard let name = parts.first, !name.isEmpty else {
        throw mistake("header", value, "'accept' or 'accept: text/event-stream'")
      }
      header = (name, parts.count == 2 ? parts[1] : "")
    case "body": body = Array(value.utf8)
    case "open":
      guard ["true", "false"].contains(value) else {
        throw mistake(name, value, "'true' or 'false'")
      }
      isOpen = value == "true"
    case "after": after = try integer(name, value, in: 0...Int.max)
    case "limit": limit = try integer(name, value, in: 0...Journal.countMax)
    case "count": count = try integer(name, value, in: 1...Journal.countMax)
    case "wait":
      guard let time = Duration(written: value), time <= Self.waitMax else {
        throw mistake(name, value, "a time of at most 10min, such as 500ms or 5s")
      }
      wait = time
    default:
      let hint = Spelling.hint(for: name, among: Self.words) ?? ""
      throw Mistake(message: "the journal has no filter '\(name)'; \(hint)")
    }
  }

  private func integer(_ name: String, _ value: String, in range: ClosedRange<Int>)
    throws(Mistake) -> Int
  {
    guard let number = Int(value), range.contains(number) else {
      throw mistake(
        name, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func mistake(_ name: String, _ value: String, _ hint: String) -> Mistake {
    Mistake(message: "'\(name)' cannot be '\(value)'; such as \(hint)")
  }

  func fits(_ entry: Journal.Entry) -> Bool {
    let request = entry.request
    if entry.number <= after { return false }
    if !key.isEmpty, entry.place.key != key { return false }
    if let method, method != request.method { return false }
    if let kind, (kind == "websocket") != request.asksForWebSocket { return false }
    if let wireProtocol, wireProtocol != entry.place.taker ?? "none" { return false }
    if let scenario, scenario != entry.place.scenario { return false }
    if let status, status != entry.status { return false }
    if let isOpen, isOpen != (entry.ended == nil) { return false }
    if let verdict, !entry.verdicts.contains(where: { $0.kind == verdict }) { return false }
    if let header, !request.shows(header.text, inHeader: header.name) { return false }
    if !body.isEmpty, !request.shows(body) { return false }
    return path?.captures(of: request.pathWords) != nil || path == nil
  }
}

extension Request {
  /// Whether a header holds `text`, as the journal shows it: nobody may guess a key by asking.
  fileprivate func shows(_ text: String, inHeader name: String) -> Bool {
    let values = headers.filter { $0.name.lowercased() == name.lowercased() }
      .map { Redaction.header($0).value }
    if values.isEmpty { return false }
    return text.isEmpty || values.joined(separator: ", ").contains(text)
  }

  /// Whether the body holds `text`, as the journal shows it.
  fileprivate func shows(_ text: [UInt8]) -> Bool {
    guard body.holds(text) else { return false }
    return Redaction.bytes(body, without: Redaction.secrets(of: self)).holds(text)
  }
}

extension [UInt8] {
  /// Whether `pattern` occurs, in time that grows with both lengths alone (Knuth, Morris, Pratt).
  func holds(_ pattern: [UInt8]) -> Bool {
    if pattern.isEmpty { return true }
    var borders = [0]
    for byte in pattern.dropFirst() {
      borders.append(Self.step(borders[borders.count - 1], byte, pattern.span, borders.span))
    }
    return Self.holds(span, pattern.span, borders.span)
  }

  private static func holds(_ text: Span<UInt8>, _ pattern: Span<UInt8>, _ borders: Span<Int>)
    -> Bool
  {
    var length = 0
    for index in text.indices {
      length = step(length, text[index], pattern, borders)
      if length == pattern.count { return true }
    }
    return false
  }

  /// How much of the pattern ends with `byte`, where so much of it ended before.
  private static func step(
    _ length: Int, _ byte: UInt8, _ pattern: Span<UInt8>, _ borders: Span<Int>
  ) -> Int {
    var length = length
    while length > 0, pattern[length] != byte { length = borders[length - 1] }
    return pattern[length] == byte ? length + 1 : 0
  }
}
