import OpenAPI

/// A resource of the REST side of the Realtime API: one table answers and describes.
struct RESTResource: Sendable {
  enum Kind: Hashable, Sendable {
    case clientSecret, translationSecret, betaSession(SessionKind)
    /// The exchange of SDP that begins a call.
    case call
    case control(CallControl.Verb)
  }

  let kind: Kind
  /// Behind `…/realtime/`.
  let path: PathPattern
  let summary: String

  private init(_ kind: Kind, _ path: String, _ summary: String) {
    self.kind = kind
    self.path = PathPattern(path)
    self.summary = summary
  }

  /// All of them take POST only.
  static let all =
    [
      RESTResource(.clientSecret, "client_secrets", "A key for a browser, and its session."),
      RESTResource(
        .translationSecret, "translations/client_secrets", "A key for a session of translation."),
      RESTResource(.betaSession(.realtime), "sessions", "A key for a browser, in the beta."),
      RESTResource(
        .betaSession(.transcription), "transcription_sessions",
        "A key for a session of transcription, in the beta."),
      RESTResource(.call, "calls", "Begins a call with an SDP offer."),
      // Beta: the offer went to …/realtime itself.
      RESTResource(.call, "", "Begins a call with an SDP offer, in the beta."),
    ]
    + CallControl.Verb.allCases.map {
      RESTResource(.control($0), "calls/{call}/\($0.rawValue)", $0.summary)
    }

  /// The resource at the words behind `…/realtime/`, and the call they name.
  static func find(_ words: ArraySlice<String>) -> (kind: Kind, call: String)? {
    all.lazy.compactMap { resource in
      resource.path.captures(of: words).map { (resource.kind, $0["call"] ?? "") }
    }.first
  }

  /// Whether the words belong to the Realtime API, even if nothing is there.
  static func isBelow(_ words: ArraySlice<String>) -> Bool {
    words.first.map { root in all.contains { $0.path.begins(with: root) } } ?? false
  }
}

/// What the REST side answers, out of the tables that it reads requests by.
extension OpenAIRealtime {
  static let description = ServiceDescription(
    name: "openai-realtime", "Keys for browsers, and the control of calls.",
    credentials: [.bearer, .header("api-key")],
    operations: RESTResource.all.map(operation), definitions: definitions)

  private static func operation(_ resource: RESTResource) -> OperationDescription {
    let path = resource.path.text
    return OperationDescription(
      "POST", "/v1/realtime" + (path.isEmpty ? "" : "/\(path)"), resource.summary,
      parameters: resource.path.names.map {
        ParameterDescription(
          $0, in: .path, .matching("^rtc_[A-Za-z0-9_-]+$"), "The call.", example: "rtc_1")
      }, body: body(resource.kind), answers: answers(resource.kind))
  }

  private static func body(_ kind: RESTResource.Kind) -> BodyDescription? {
    switch kind {
    case .clientSecret: BodyDescription(.json(.named("ClientSecretRequest")), isRequired: false)
    case .translationSecret:
      BodyDescription(.json(.named("TranslationSecretRequest")), isRequired: false)
    case .betaSession(.realtime): BodyDescription(.json(.named("BetaSession")), isRequired: false)
    case .betaSession(.transcription):
      BodyDescription(.json(.named("BetaTranscriptionSession")), isRequired: false)
    case .call:
      BodyDescription(
        ContentDescription("application/sdp", .text),
        ContentDescription(
          "multipart/form-data",
          .object(
            [DataShape.Member("sdp", .text, isRequired: true), DataShape.Member("session", .text)],
            isOpen: true)))
    case .control(let verb):
      verb.rule(isAzure: false).map { rule in
        BodyDescription(.json(rule.shape), isRequired: verb.needsBody)
      }
    }
  }

  private static func answers(_ kind: RESTResource.Kind) -> [AnswerDescription] {
    let refusals = [(400, "What is wrong with it."), (401, "No key, or a wrong one.")]
      .map { AnswerDescription($0.0, $0.1, .json(.named("Error"))) }
    switch kind {
    case .clientSecret, .translationSecret:
      return [AnswerDescription(200, "The key.", .json(.named("ClientSecret")))] + refusals
    case .betaSession:
      return [
        AnswerDescription(
          200, "The session, with its key.",
          .json(.object([DataShape.Member("client_secret", .named("Key"))], isOpen: true)))
      ] + refusals
    case .call:
      return refusals + [
        AnswerDescription(501, "mockgem has no media to answer with.", .json(.named("Error")))
      ]
    case .control:
      return [AnswerDescription(200, "Done.")] + refusals
        + [AnswerDescription(404, "No such call.", .json(.named("Error")))]
    }
  }

  private static let definitions: [ServiceDescription.Definition] = [
    .init(
      "ClientSecretRequest",
      KeyMaker.request(
        session: .either([
          .null, .named("Session"), .named("TranscriptionSession"),
        ]))),
    .init(
      "TranslationSecretRequest", KeyMaker.request(session: .either([.null, .map(.anything)]))),
    .init("Session", session(.realtime, type: "realtime")),
    .init("TranscriptionSession", session(.transcription, type: "transcription")),
    .init("BetaSession", BetaParameters.session(.realtime, isAzure: false).shape),
    .init(
      "BetaTranscriptionSession", BetaParameters.session(.transcription, isAzure: false).shape),
    .init(
      "ClientSecret",
      .closed([
        DataShape.Member("value", .text, isRequired: true),
        DataShape.Member("expires_at", .anyInteger, isRequired: true),
        DataShape.Member("session", .map(.anything), isRequired: true),
      ])),
    .init(
      "Key",
      .closed([
        DataShape.Member("value", .text, isRequired: true),
        DataShape.Member("expires_at", .anyInteger, isRequired: true),
      ])),
    .init(
      "Error",
      .closed([
        DataShape.Member(
          "error",
          .closed([
            DataShape.Member("message", .text, isRequired: true),
            DataShape.Member("type", .text, isRequired: true),
            DataShape.Member("param", .either([.text, .null]), isRequired: true),
            DataShape.Member("code", .either([.text, .null]), isRequired: true),
          ]), isRequired: true)
      ])),
  ]

  /// A session whose type is said, as it must be where a key is made.
  private static func session(_ kind: SessionKind, type: String) -> DataShape {
    guard case .object(let members, let isOpen) = Parameters.session(kind, isAzure: false).shape
    else { return .anything }
    return .object(
      members.map { member in
        member.name == "type" ? DataShape.Member("type", .word([type]), isRequired: true) : member
      }, isOpen: isOpen)
  }
}

extension ParameterRule {
  /// What a value by this rule looks like; what a rule of its own wants is not told.
  var shape: DataShape {
    switch self {
    case .anything, .custom: .anything
    case .text: .text
    case .flag: .flag
    case .list: .list(.anything)
    case .number(let range): .number(range)
    case .integer(let range): .integer(range)
    case .oneOf(let words): .word(words)
    case .object(let fields):
      .closed(
        fields.sorted { $0.key < $1.key }.map { DataShape.Member($0.key, $0.value.shape) })
    case .requiring(let names, let rule): rule.shape.requiring(names)
    case .nullOr(let rule): .either([.null, rule.shape])
    case .stringOr(let text, let other): .either([text.shape, other.shape])
    }
  }
}

extension DataShape {
  fileprivate func requiring(_ names: [String]) -> DataShape {
    guard case .object(let members, let isOpen) = self else { return self }
    return .object(
      members.map {
        Member($0.name, $0.shape, isRequired: $0.isRequired || names.contains($0.name))
      }, isOpen: isOpen)
  }
}
