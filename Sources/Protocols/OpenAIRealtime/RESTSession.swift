import Conversation
import JSON
import VirtualTime
import Wire

/// One HTTP exchange with the REST side of the Realtime API.
///
///     opened --> answered
///
/// What is not here does not exist: media of WebRTC calls.
struct RESTSession: Session {
  private let knobs: Knobs

  init(settings: SessionSettings) { knobs = Knobs(settings) }

  var deadline: Instant? { nil }

  /// Everything under `…/realtime/`, and the beta's SDP exchange at `…/realtime` itself.
  static func accepts(_ request: Request) -> Bool {
    if request.asksForWebSocket { return false }
    let method = request.method
    guard let resource = resource(of: request) else {
      return request.path.hasSuffix("/realtime") && (method == "POST" || method == "OPTIONS")
    }
    return RESTResource.isBelow(resource)
  }

  /// The path behind `…/realtime/`.
  private static func resource(of request: Request) -> ArraySlice<String>? {
    let words = request.pathWords
    guard let mark = words.lastIndex(of: "realtime"), mark + 1 < words.count else { return nil }
    return words[(mark + 1)...]
  }

  mutating func receive(_ input: Input, at now: Instant, in namespace: inout Namespace) -> [Output]
  {
    guard case .opened(let request) = input else { return [] }
    do throws(RESTError) {
      return [.respond(try answer(request, at: now, in: &namespace).shared())]
    } catch {
      return [
        .explain(LogLine(.warning, "refused \(request.method) \(request.path): \(error.account)")),
        .respond(error.response.shared()),
      ]
    }
  }

  private func answer(_ request: Request, at now: Instant, in namespace: inout Namespace)
    throws(RESTError) -> Response
  {
    if request.method == "OPTIONS" { return .preflight }
    guard request.method == "POST" else { throw .methodNotAllowed(request.method) }
    let unixTime = namespace.unixTime(at: now)
    try authenticate(request, namespace, at: unixTime)
    guard let (kind, call) = RESTResource.find(Self.resource(of: request) ?? []) else {
      throw .notFound(request.path)
    }
    var dice = namespace.openConnection()
    var maker = KeyMaker(request: request, knobs: knobs, unixTime: unixTime)
    switch kind {
    case .clientSecret: return try maker.clientSecret(isTranslation: false, &namespace, &dice)
    case .translationSecret: return try maker.clientSecret(isTranslation: true, &namespace, &dice)
    case .betaSession(let kind): return try maker.betaSession(kind, &namespace, &dice)
    case .call: return try CallControl(knobs).create(request)
    case .control(let verb):
      var ended = namespace[CallControl.Ended.self, default: .init()]
      defer { namespace[CallControl.Ended.self, default: .init()] = ended }
      return try CallControl(knobs).control(call, verb, request, &ended)
    }
  }

  private func authenticate(_ request: Request, _ namespace: Namespace, at unixTime: Int64)
    throws(RESTError)
  {
    guard let key = OpenAIRealtime.credential(request), !key.isEmpty else {
      throw RESTError(
        401, nil,
        "You didn't provide an API key. You need to provide your API key in an Authorization "
          + "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        hint: "send 'Authorization: Bearer KEY', with any KEY")
    }
    let ephemeral = namespace[EphemeralKeys.self, default: EphemeralKeys()]
    if ephemeral.session(of: key, at: unixTime) != nil { return }
    let isKnown = knobs.keys?.contains(key) ?? !key.hasPrefix(EphemeralKeys.prefix)
    if (isKnown && !knobs.expiredKeys.contains(key)) || !knobs.isStrict { return }
    let refused = Admission.Refused.wrongKey(key)
    throw RESTError(
      401, "invalid_api_key", refused.error.message, hint: refused.explanation)
  }
}

/// An answer that is an error: `{"error": {message, type, param, code}}`.
struct RESTError: Error {
  let status: Int
  let code: String?
  let message: String
  let param: String?
  /// For the log: what to do instead.
  let hint: String?

  init(
    _ status: Int, _ code: String?, _ message: String, param: String? = nil, hint: String? = nil
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.param = param
    self.hint = hint
  }

  init(_ refusal: Refusal) {
    self.init(400, refusal.code, refusal.message, param: refusal.param, hint: refusal.hint)
  }

  static func notFound(_ path: String) -> RESTError {
    RESTError(404, "not_found", "Invalid URL (POST \(path))")
  }

  static func methodNotAllowed(_ method: String) -> RESTError {
    RESTError(
      405, "method_not_supported", "Not allowed to \(method) on this resource.",
      hint: "the Realtime resources take POST only")
  }

  var account: String { hint.map { "\(message) (\($0))" } ?? message }

  var response: Response {
    .json(
      [
        "error": [
          "message": .string(message), "type": "invalid_request_error",
          "param": .optional(param), "code": .optional(code),
        ]
      ], status: status)
  }
}

extension Response {
  /// Browsers ask first (recorded on calls).
  fileprivate static let preflight = Response(
    status: 200,
    headers: [
      Header("Access-Control-Allow-Methods", "POST, OPTIONS"),
      Header("Access-Control-Allow-Headers", "*, Authorization, Content-Type"),
      Header("Access-Control-Max-Age", "600"),
    ])

  /// Any page may read the answer (recorded on calls).
  fileprivate func shared() -> Response {
    var shared = self
    shared.headers += [
      Header("Access-Control-Allow-Origin", "*"),
      Header("Access-Control-Expose-Headers", "Location, X-Request-Id"),
    ]
    return shared
  }
}
