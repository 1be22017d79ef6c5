import Conversation
import JSON
import OpenAPI
import VirtualTime
import Wire

/// Makes ephemeral keys (API reference, "Client secrets"; beta: "Sessions").
struct KeyMaker {
  let request: Request
  let knobs: Knobs
  let unixTime: Int64

  /// API reference, "expires_after": ten minutes unless the client says otherwise.
  private static let lifetimeSeconds = 600
  /// Beta API reference, "Create session": a minute.
  private static let betaLifetimeSeconds = 60

  private static let expiresAfter: ParameterRule = .nullOr(
    .object(["anchor": .oneOf(["created_at"]), "seconds": .integer(10...7200)]))

  /// What a request for a key looks like.
  static func request(session: DataShape) -> DataShape {
    .closed([
      DataShape.Member("expires_after", expiresAfter.shape), DataShape.Member("session", session),
    ])
  }

  mutating func clientSecret(
    isTranslation: Bool, _ namespace: inout Namespace, _ dice: inout Dice
  ) throws(RESTError) -> Response {
    let body = try self.body()
    let rule: ParameterRule = .object([
      "expires_after": Self.expiresAfter, "session": .nullOr(.anything),
    ])
    try check(rule.refusal(of: .object(body), at: ""))
    let asked = body["session"]?.object ?? [:]
    // A lenient service takes any number.
    let seconds = max(
      0, min(body["expires_after"]?["seconds"]?.integer ?? Self.lifetimeSeconds, 86_400))
    let session: JSONObject
    if isTranslation {
      session = asked
    } else {
      let kind: SessionKind = asked["type"] == "transcription" ? .transcription : .realtime
      if body["session"]?.object != nil, asked["type"] == nil {
        try check(.missing("session.type"))
      }
      let rule = Parameters.session(kind, isAzure: request.path.hasPrefix("/openai/"))
      try check(rule.refusal(of: .object(asked), at: "session"))
      session = configured(kind, with: asked, dice)
    }
    let (key, expiry) = makeKey(seconds, session, &namespace, &dice)
    return .json([
      "value": .string(key), "expires_at": .number(JSONNumber(expiry)),
      "session": .object(session),
    ])
  }

  mutating func betaSession(
    _ kind: SessionKind, _ namespace: inout Namespace, _ dice: inout Dice
  ) throws(RESTError) -> Response {
    let body = try self.body()
    if !knobs.acceptsBeta, !request.path.hasPrefix("/openai/") {
      throw RESTError(
        400, "beta_api_shape_disabled", Admission.Refused.betaIsOff.error.message,
        hint: "use …/realtime/client_secrets, or let the scenario say "
          + "'openai-realtime: {beta: accept}'")
    }
    let rule = BetaParameters.session(kind, isAzure: false)
    try check(rule.refusal(of: .object(body), at: ""))
    var update = BetaShape.session(body)
    update["model"] = body["model"]
    let session = configured(kind, with: update, dice)
    let asked = body["client_secret"]?["expires_after"]?["seconds"]?.integer
    let seconds = asked.map { max(10, min(7200, $0)) } ?? Self.betaLifetimeSeconds
    let (key, expiry) = makeKey(seconds, session, &namespace, &dice)
    var shown = BetaShape.shown(session: session)
    shown["client_secret"] = [
      "value": .string(key), "expires_at": .number(JSONNumber(expiry)),
    ]
    return .json(.object(shown))
  }

  private func body() throws(RESTError) -> JSONObject {
    if request.body.isEmpty { return [:] }
    guard let object = (try? JSONValue(parsing: request.body))?.object else {
      throw RESTError(
        400, nil, "We could not parse the JSON body of your request.",
        hint: "the body must be a JSON object")
    }
    return object
  }

  private func check(_ refusal: Refusal?) throws(RESTError) {
    if let refusal, knobs.isStrict { throw RESTError(refusal) }
  }

  /// The whole session as it will be; a session that has not begun expires at 0 (recorded).
  private func configured(_ kind: SessionKind, with update: JSONObject, _ dice: Dice)
    -> JSONObject
  {
    var ids = Identifiers(dice.split(1))
    var configuration = SessionConfiguration(
      kind, model: update["model"]?.string ?? "gpt-realtime", id: ids.next("sess_", at: unixTime),
      expiresAt: 0)
    configuration.merge(update)
    return configuration.object
  }

  private func makeKey(
    _ seconds: Int, _ session: JSONObject, _ namespace: inout Namespace, _ dice: inout Dice
  ) -> (key: String, expiry: Int64) {
    let credential = OpenAIRealtime.credential(request) ?? ""
    let key =
      EphemeralKeys.prefix + EphemeralKeys.namespace(of: credential)
      + dice.characters(16, of: .hexadecimal)
    let expiry = unixTime + Int64(seconds)
    namespace[EphemeralKeys.self, default: EphemeralKeys()].add(
      key, expiresAt: expiry, session: session)
    return (key, expiry)
  }
}
