import OpenAPI

/// What the API answers, out of the tables that it reads requests by.
extension Interactions {
  static let description = ServiceDescription(
    name: "interactions", "Turns of models and runs of agents, whole or as server-sent events.",
    credentials: [.header("x-goog-api-key"), .query("key"), .bearer],
    operations: Route.rules.map(operation), definitions: definitions)

  private static func operation(_ rule: Route.Rule) -> OperationDescription {
    let isCreate = rule.path.names.isEmpty
    let isGet = rule.method == "GET"
    return OperationDescription(
      rule.method, "/{version}/\(rule.path.text)", rule.summary,
      parameters: [version] + (isCreate ? [revision] : [interaction, revision])
        + (isGet ? queries : []),
      body: isCreate ? BodyDescription(.json(.named("CreateRequest"))) : nil,
      answers: [answer(rule)] + refusals(isCreate: isCreate))
  }

  private static func answer(_ rule: Route.Rule) -> AnswerDescription {
    switch rule.method {
    case "HEAD": AnswerDescription(200, "There is.")
    case "DELETE": AnswerDescription(200, "It is deleted.", .json(.closed([])))
    case "POST" where !rule.path.names.isEmpty:
      AnswerDescription(200, "The interaction.", .json(.named("Interaction")))
    default:
      AnswerDescription(
        200, "The interaction; events where 'stream' is true.", .json(.named("Interaction")),
        .events)
    }
  }

  /// Interactions API reference, "Error codes". What the model says may be any failure that a
  /// scenario thinks of.
  private static func refusals(isCreate: Bool) -> [AnswerDescription] {
    let refusals = [
      AnswerDescription(400, "What is wrong with it.", .json(.named("Error"))),
      AnswerDescription(401, "No key.", .json(.named("Error"))),
      AnswerDescription(
        404, "There is none; or no such version, and then all Google's services say so.",
        .json(.either([.named("Error"), .named("Status")]))),
    ]
    if !isCreate { return refusals }
    return refusals + [AnswerDescription(nil, "A failure of the scenario.", .json(.anything))]
  }

  // MARK: - Parameters

  private static let version = ParameterDescription(
    "version", in: .path, .word(Route.versions), "All versions serve the same.",
    example: Route.versions[0])

  private static let interaction = ParameterDescription(
    "interaction", in: .path, .matching("^[A-Za-z0-9_-]+$"), "The id of the interaction.")

  private static let revision = ParameterDescription(
    "Api-Revision", in: .header, .word(["2026-05-20", "2026-05-07"]),
    "The schema of the answer: steps, or what was before them.")

  private static let queries = [
    ParameterDescription(
      "stream", in: .query, .word(["true", "false"]), "Whether its events are wanted."),
    ParameterDescription(
      "include_input", in: .query, .word(["true", "false"]), "Whether the input is shown as well."),
    ParameterDescription(
      "last_event_id", in: .query, .text, "The event that the stream goes on behind."),
    ParameterDescription("fields", in: .query, .word(["*"]), "No other mask is supported."),
  ]

  // MARK: - Messages

  /// Exactly one of `model` and `agent`.
  private static let definitions: [ServiceDescription.Definition] = [
    .init(
      "CreateRequest",
      .either([
        FieldRule.object(RequestFields.model, required: ["model", "input"]).shape,
        FieldRule.object(RequestFields.agent, required: ["agent", "input"]).shape,
      ])),
    .init(
      "Error",
      .closed([
        DataShape.Member(
          "error",
          .closed([
            DataShape.Member("message", .text, isRequired: true),
            DataShape.Member("code", .text, isRequired: true),
          ]), isRequired: true)
      ])),
    .init(
      "Status",
      .closed([
        DataShape.Member(
          "error",
          .closed([
            DataShape.Member("code", .integer(404...404), isRequired: true),
            DataShape.Member("message", .text, isRequired: true),
            DataShape.Member("status", .word(["NOT_FOUND"]), isRequired: true),
          ]), isRequired: true)
      ])),
    .init("Interaction", interactionShape),
    .init(
      "Part", .object([DataShape.Member("type", .text, isRequired: true)], isOpen: true)),
  ]

  /// Interactions API reference, "Interaction"; the fields of the request that are echoed stand
  /// beside these.
  private static let interactionShape = DataShape.object(
    [
      DataShape.Member("id", .text, isRequired: true),
      DataShape.Member("object", .word(["interaction"]), isRequired: true),
      DataShape.Member("status", .word(RunStatus.allCases.map(\.rawValue)), isRequired: true),
      DataShape.Member("created", .text, isRequired: true),
      DataShape.Member("updated", .text, isRequired: true),
      DataShape.Member("model", .text), DataShape.Member("agent", .text),
      DataShape.Member("role", .word(["model"])), DataShape.Member("service_tier", .text),
      DataShape.Member("steps", .list(.named("Part"))),
      DataShape.Member("outputs", .list(.named("Part"))),
      DataShape.Member("usage", .map(.anything)),
      DataShape.Member("errors", .list(.map(.anything))),
      DataShape.Member("continuation_token", .text),
    ], isOpen: true)
}

extension FieldRule {
  /// What a value by this rule looks like.
  var shape: DataShape {
    switch self {
    case .anything: .anything
    case .text: .text
    case .flag: .flag
    case .integer(let range):
      .integer(max(range.lowerBound, -(1 << 53))...min(range.upperBound, 1 << 53))
    case .number(let range): .number(range)
    case .word(let words): .word(words)
    case .base64: .base64
    case .list(let rule): .list(rule.shape)
    case .map(let rule): .map(rule.shape)
    case .object(let fields, let required): Self.object(fields, required)
    case .kinds(let kinds): .either(kinds.sorted { $0.key < $1.key }.map(Self.kind))
    case .having(_, let rule): rule.shape
    case .textOr(let text, let other): .either([text.shape, other.shape])
    case .listOr(let list, let other): .either([list.shape, other.shape])
    }
  }

  private static func object(
    _ fields: [String: FieldRule], _ required: [String], type: String? = nil
  ) -> DataShape {
    .closed(
      fields.sorted { $0.key < $1.key }.map { name, rule in
        let isType = name == "type" && type != nil
        return DataShape.Member(
          name, isType ? .word([type ?? ""]) : rule.shape,
          isRequired: isType || required.contains(name))
      })
  }

  /// An object of this type.
  private static func kind(_ type: String, _ rule: FieldRule) -> DataShape {
    switch rule {
    case .object(let fields, let required): object(fields, required, type: type)
    case .having(_, let rule): kind(type, rule)
    case .anything, .text, .flag, .integer, .number, .word, .base64, .list, .map, .kinds, .textOr,
      .listOr:
      .object([DataShape.Member("type", .word([type]), isRequired: true)], isOpen: true)
    }
  }
}
