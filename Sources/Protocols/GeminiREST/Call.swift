import Conversation
import JSON
import VirtualTime
import Wire

/// One request on its way to an answer, with everything the answer depends on.
struct Call: Sendable {
  let route: Route
  let request: Request
  let options: Options
  let now: Timestamp
  var dice: Dice
  /// What the person who watches should know.
  private(set) var notes: [String] = []
  /// Files that are new or gone.
  var changedFiles: [String] = []

  init(_ route: Route, _ request: Request, _ options: Options, now: Timestamp, dice: Dice) {
    self.route = route
    self.request = request
    self.options = options
    self.now = now
    self.dice = dice
  }

  mutating func note(_ text: String) { notes.append(text) }

  /// The body as the message of the endpoint; `place` is where it stands in the request.
  mutating func body(at place: String = "") throws(Refusal) -> JSONObject {
    let (fields, unknown) = try MessageReader.read(
      body: request.body, as: route.signature.body ?? "Empty", at: place,
      isStrict: options.settings.isStrict)
    notes += unknown.map { "passed over, where the service refuses it: \($0)" }
    return fields
  }

  /// Twelve characters of the kind that names carry.
  mutating func randomID(_ count: Int = 12) -> String {
    dice.characters(count, of: .lowercaseAlphanumeric)
  }

  /// The fields of `updateMask` in camelCase; nil when there is none.
  func updateMask() -> [String]? {
    guard let mask = request.query("updateMask") ?? request.query("update_mask"), !mask.isEmpty
    else { return nil }
    return mask.split(separator: ",").map {
      MessageSchema.camelCase($0.trimmingSpaces())
    }
  }

  /// The type name of a message in an `Any`.
  func typeURL(_ message: String) -> JSONValue {
    // TunedModel and its metadata are in no package of v1.
    let package = route.version == "v1" ? "v1beta" : route.version
    return .string("type.googleapis.com/google.ai.generativelanguage.\(package).\(message)")
  }
}

extension Alphabet {
  static let lowercaseAlphanumeric = Alphabet("abcdefghijklmnopqrstuvwxyz0123456789")
}

/// What a call is answered with.
enum Answer: Hashable, Sendable {
  /// The message of the endpoint.
  case message(JSONValue)
  case response(Response)

  /// `google.protobuf.Empty`.
  static let empty = Answer.message([:])
}

/// The part of a list that a call asks for.
struct Page: Hashable, Sendable {
  private let start: Int
  private let size: Int
  private let scope: String

  /// AIP-158: sizes above the greatest are cut, negative ones refused, and a token is good only for
  /// the list it came with.
  init(of call: Call, sizeDefault: Int, sizeMax: Int, scope: String = "") throws(Refusal) {
    let asked = call.request.query("pageSize") ?? call.request.query("page_size") ?? ""
    guard let size = asked.isEmpty ? 0 : Int(asked) else {
      throw Refusal(
        .invalidArgument, "Invalid value at 'page_size' (TYPE_INT32), \"\(asked)\"",
        details: [
          Refusal.badRequest([
            ("page_size", "Invalid value at 'page_size' (TYPE_INT32), \"\(asked)\"")
          ])
        ])
    }
    if size < 0 { throw .badField("page_size", of: "ListRequest", "must not be negative") }
    self.size = min(size == 0 ? sizeDefault : size, sizeMax)
    self.scope = scope
    let token = call.request.query("pageToken") ?? call.request.query("page_token") ?? ""
    if token.isEmpty {
      start = 0
    } else if let start = Self.start(token, scope: scope) {
      self.start = start
    } else {
      throw .badField("page_token", of: "ListRequest", "page token is invalid")
    }
  }

  /// The answer: the page of `items` as `key`, and a token where there is more.
  func cut(_ items: [JSONValue], as key: String) -> JSONValue {
    let page = items.dropFirst(start).prefix(size)
    var answer: JSONObject = [:]
    if !page.isEmpty { answer[key] = .array(Array(page)) }
    if start + page.count < items.count {
      answer["nextPageToken"] = .string(Self.token(start + page.count, scope: scope))
    }
    return .object(answer)
  }

  /// In the alphabet that a query carries unescaped.
  private static func token(_ start: Int, scope: String) -> String {
    Base64.urlText(Array("\(start)/\(scope)".utf8))
  }

  private static func start(_ token: String, scope: String) -> Int? {
    guard let bytes = Base64.decode(token) else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1] == scope, let start = Int(parts[0]), start >= 0 else {
      return nil
    }
    return start
  }
}
