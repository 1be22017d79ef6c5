import OpenAPI

/// What the family answers, out of the tables it is made of: the routes, the signatures of their
/// endpoints, and the messages.
extension GeminiREST {
  static let description = ServiceDescription(
    name: "gemini-rest",
    "Models, tuned models, files, caches, batches and what a model says. Bodies may be written as "
      + "protobuf's parser reads them: names in snake_case, numbers for enums, one element for a "
      + "list.",
    credentials: [.header("x-goog-api-key"), .query("key"), .bearer],
    operations: Route.rules.map(operation), definitions: definitions)

  private static func operation(_ rule: Route.Rule) -> OperationDescription {
    let (path, names) = template(of: rule)
    let signature = rule.signature
    let parameters =
      [version] + names.map(name) + signature.query.flatMap(queries)
      + (rule.isUpload ? uploadHeaders : []) + system(signature.result)
    let body: BodyDescription? =
      rule.isUpload
      ? BodyDescription(ContentDescription("*/*", nil), isRequired: false)
      : signature.body.map { BodyDescription(.json(.named($0))) }
    return OperationDescription(
      rule.method, path, signature.summary, parameters: parameters, body: body,
      answers: [answer(signature.result)] + refusals(rule))
  }

  /// The path with names in place of its stars, and those names.
  private static func template(of rule: Route.Rule) -> (path: String, names: [String]) {
    var path = rule.isUpload ? "/upload/{version}" : "/{version}"
    var names: [String] = []
    var collection = ""
    for word in rule.words {
      if word == "*" {
        let name = singular[collection] ?? collection
        names.append(name)
        path += "/{\(name)}"
      } else {
        collection = word
        path += "/\(word)"
      }
    }
    return (path + (rule.verb.isEmpty ? "" : ":\(rule.verb)"), names)
  }

  private static let singular = [
    "models": "model", "tunedModels": "tunedModel", "dynamic": "dynamicModel",
    "permissions": "permission", "operations": "operation", "files": "file",
    "generatedFiles": "generatedFile", "cachedContents": "cachedContent", "batches": "batch",
    "corpora": "corpus",
  ]

  // MARK: - Parameters

  private static let version = ParameterDescription(
    "version", in: .path, .word(Route.versions), "All versions serve the same.",
    example: Route.versions[0])

  private static func name(_ name: String) -> ParameterDescription {
    ParameterDescription(
      name, in: .path, .matching("^[A-Za-z0-9][A-Za-z0-9._-]*$"),
      "The identifier, without its collection.")
  }

  private static func queries(_ query: Signature.Query) -> [ParameterDescription] {
    switch query {
    case .page:
      [
        ParameterDescription(
          "pageSize", in: .query, .integer(0...Int(Int32.max)), "How many at most."),
        ParameterDescription(
          "pageToken", in: .query, .text, "The nextPageToken of the page before."),
      ]
    case .filter:
      [
        ParameterDescription(
          "filter", in: .query, .text,
          "Words of name and description; owner:me, writers:me, readers:me, readers:everyone.")
      ]
    case .updateMask:
      [ParameterDescription("updateMask", in: .query, .text, "The fields to change, by commas.")]
    case .requiredMask:
      [
        ParameterDescription(
          "updateMask", in: .query, .text, isRequired: true, "The fields to change, by commas.")
      ]
    case .tunedModelID:
      [
        ParameterDescription(
          "tunedModelId", in: .query, .matching("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"),
          "The identifier it gets; made from the display name by default.")
      ]
    case .download:
      [ParameterDescription("alt", in: .query, .word(["media"]), "Asks for the contents.")]
    }
  }

  /// Google APIs, "System parameters".
  private static func system(_ result: Signature.Result) -> [ParameterDescription] {
    let words =
      switch result {
      case .stream: ["json", "sse", "json;enum-encoding=int"]
      case .message, .upload: ["json", "json;enum-encoding=int"]
      case .bytes: [String]()
      }
    if words.isEmpty { return [] }
    return [
      ParameterDescription("$alt", in: .query, .word(words), "How the answer is written."),
      ParameterDescription(
        "prettyPrint", in: .query, .word(["true", "false"]), "Whether the answer is indented."),
    ]
  }

  private static let uploadHeaders =
    [
      ("Protocol", DataShape.word(["resumable", "multipart", "raw"])), ("Command", .text),
      ("Offset", .matching("^[0-9]+$")), ("Header-Content-Length", .matching("^[0-9]+$")),
      ("Header-Content-Type", .text), ("File-Name", .text),
    ].map { ParameterDescription("X-Goog-Upload-\($0.0)", in: .header, $0.1) }
    + [
      ParameterDescription(
        "upload_id", in: .query, .text, "The upload that goes on; it stands in X-Goog-Upload-URL.")
    ]

  // MARK: - Answers

  private static func answer(_ result: Signature.Result) -> AnswerDescription {
    switch result {
    case .message(let name): AnswerDescription(200, name, .json(.named(name)))
    case .stream(let name):
      AnswerDescription(
        200, "One \(name) after another: an array, or events where alt is sse.",
        .json(.list(.named(name))), .events)
    case .upload(let name):
      AnswerDescription(
        200, "\(name) when all has come; before that an empty body, and X-Goog-Upload-Status.",
        .json(.named(name)), ContentDescription("text/plain", nil))
    case .bytes: AnswerDescription(200, "The bytes.", ContentDescription("*/*", nil))
    }
  }

  /// AIP-193, "Error model". What the model says may be any failure that a scenario thinks of.
  private static func refusals(_ rule: Route.Rule) -> [AnswerDescription] {
    let own: [RPCStatus] = [
      .invalidArgument, .unauthenticated, .permissionDenied, .notFound, .resourceExhausted,
    ]
    var byCode: [Int: [String]] = [:]
    for status in own + rule.signature.refusals {
      byCode[status.httpStatus, default: []].append(status.rawValue)
    }
    let answers = byCode.sorted { $0.key < $1.key }.map { code, names in
      AnswerDescription(code, names.joined(separator: ", "), .json(.named("Error")))
    }
    switch rule.endpoint {
    case .resource: return answers
    case .content:
      return answers + [
        AnswerDescription(nil, "A failure of the scenario.", .json(.anything))
      ]
    }
  }

  // MARK: - Messages

  private static let definitions: [ServiceDescription.Definition] =
    MessageSchema.shared.orderedMessages.map { name, fields in
      ServiceDescription.Definition(
        name, .closed(fields.map { DataShape.Member($0.name, shape(of: $0.kind)) }))
    }
    + MessageSchema.shared.orderedEnums.map { name, words in
      // google-generativeai asks for numbers, and sends them.
      ServiceDescription.Definition(
        name, .either([.word(words), .integer(0...Int(Int32.max))]))
    } + [
      .googleError
    ]

  /// ProtoJSON: 64 bits are text, since numbers of JavaScript have fewer.
  private static func shape(of kind: MessageSchema.Kind) -> DataShape {
    switch kind {
    case .anything: .anything
    case .string: .text
    case .bytes: .base64
    case .bool: .flag
    case .int32: .integer(Int(Int32.min)...Int(Int32.max))
    case .int64: .either([.matching("^-?[0-9]{1,18}$"), .anyInteger])
    case .float, .double: .number(nil)
    case .oneOf(let name), .message(let name): .named(name)
    case .repeated(let kind): .list(shape(of: kind))
    case .map(let kind): .map(shape(of: kind))
    }
  }
}
