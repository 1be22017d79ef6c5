import JSON
import Wire

/// How the client wants its answer written: the system parameters of the query.
struct AnswerStyle: Hashable, Sendable {
  /// `alt=sse`.
  let isEventStream: Bool
  /// `$alt=json;enum-encoding=int`, which google-generativeai asks for with every call.
  let hasNumbersForEnums: Bool
  /// `prettyPrint=false` asks for one line.
  let layout: JSONLayout

  init(_ request: Request) {
    let words = (request.query("$alt") ?? request.query("alt") ?? "").split(separator: ";")
    isEventStream = words.first == "sse"
    hasNumbersForEnums = words.contains("enum-encoding=int")
    let pretty = request.query("$prettyPrint") ?? request.query("prettyPrint")
    layout = pretty == "false" ? .line : .pretty
  }

  /// The body of a whole answer: indented by two spaces, with a line feed at the end, since shell
  /// examples grep it.
  func body(_ value: JSONValue, as message: String?) -> [UInt8] {
    written(value, as: message).encoded(as: layout) + [UInt8(ascii: "\n")]
  }

  /// `value` with its enums as this style wants them.
  func written(_ value: JSONValue, as message: String?) -> JSONValue {
    guard hasNumbersForEnums, let message, let object = value.object else { return value }
    return .object(Self.numbered(object, message))
  }

  private static func numbered(_ object: JSONObject, _ message: String) -> JSONObject {
    let type = object["@type"]?.string?.split(separator: ".").last.map(String.init)
    var object = object
    for index in object.members.indices {
      let member = object.members[index]
      if let kind = MessageSchema.shared.field(member.name, of: type ?? message)?.kind {
        object.members[index].value = numbered(member.value, kind)
      }
    }
    return object
  }

  private static func numbered(_ value: JSONValue, _ kind: MessageSchema.Kind) -> JSONValue {
    switch kind {
    case .oneOf(let name):
      value.string.flatMap { MessageSchema.shared.number(of: $0, in: name) }.map { .int($0) }
        ?? value
    case .message(let name): value.object.map { .object(numbered($0, name)) } ?? value
    case .repeated(let kind): .array((value.array ?? []).map { numbered($0, kind) })
    // A message whose type stands in it.
    case .anything:
      value.object.map { $0["@type"] == nil ? value : .object(numbered($0, "")) } ?? value
    case .map, .string, .bytes, .bool, .int32, .int64, .float, .double: value
    }
  }

  /// What the front end of the service was recorded to send with everything. A browser also gets
  /// what it needs to read the answer.
  static func headers(contentType: String, milliseconds: Int, for request: Request) -> [Header] {
    var headers = [
      Header("Content-Type", contentType), Header("Vary", "Origin"), Header("Vary", "X-Origin"),
      Header("Vary", "Referer"), Header("Server", "scaffolding on HTTPServer2"),
      Header("X-XSS-Protection", "0"), Header("X-Frame-Options", "SAMEORIGIN"),
      Header("X-Content-Type-Options", "nosniff"),
      Header("Server-Timing", "gfet4t7; dur=\(milliseconds)"),
    ]
    if let origin = request.header("Origin") {
      headers += [
        Header("Access-Control-Allow-Origin", origin),
        Header(
          "Access-Control-Expose-Headers",
          "vary,vary,vary,content-encoding,date,server,content-length,"
            + "x-goog-upload-url,x-goog-upload-status,x-goog-upload-size-received"),
      ]
    }
    return headers
  }
}
