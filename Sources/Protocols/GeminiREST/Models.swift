import Conversation
import JSON

/// The models there are, and what each can do.
struct ModelCatalogue: Sendable {
  /// Names a scenario allows; nil allows every name.
  private let allowed: [String]?

  init(allowed: [String]?) { self.allowed = allowed?.map(Self.id) }

  /// Those that are listed when a scenario names none: the families of 2026 and their elders that
  /// documents still name.
  private static let known = [
    "gemini-3-flash-preview", "gemini-3-pro-preview", "gemini-2.5-pro", "gemini-2.5-flash",
    "gemini-2.5-flash-lite", "gemini-2.0-flash", "gemini-1.5-flash-001",
    "gemini-1.5-flash-001-tuning", "gemini-embedding-001", "text-embedding-004",
  ]

  var names: [String] { (allowed ?? Self.known).map { "models/\($0)" } }

  func contains(_ name: String) -> Bool {
    allowed?.contains(Self.id(name)) ?? !Self.id(name).isEmpty
  }

  static func id(_ name: String) -> String {
    name.hasPrefix("models/") ? String(name.dropFirst(7)) : name
  }

  static func isEmbedding(_ name: String) -> Bool { id(name).contains("embedding") }

  /// Length of an embedding by default (Embeddings, "Controlling embedding size").
  static func embeddingLength(_ name: String) -> Int {
    id(name).hasPrefix("gemini-embedding") ? 3072 : 768
  }

  /// From 2.5 on models think.
  private static func thinks(_ id: String) -> Bool {
    ["gemini-2.5", "gemini-3"].contains(where: id.hasPrefix)
  }

  /// The Model resource, made from its name.
  func json(_ name: String) -> JSONValue {
    let id = Self.id(name)
    let words = id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    let title = words.joined(separator: " ")
    var json: JSONObject = [
      "name": .string("models/\(id)"), "version": "001", "displayName": .string(title),
      "description": .string(title),
    ]
    if Self.isEmbedding(id) {
      json["inputTokenLimit"] = 2048
      json["outputTokenLimit"] = 1
      json["supportedGenerationMethods"] = ["embedContent", "countTextTokens", "countTokens"]
      return .object(json)
    }
    json["inputTokenLimit"] = 1_048_576
    json["outputTokenLimit"] = Self.thinks(id) ? 65_536 : 8192
    json["supportedGenerationMethods"] =
      id.hasSuffix("-tuning")
      ? ["generateContent", "countTokens", "createTunedModel"]
      : ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"]
    json["temperature"] = 1
    json["topP"] = 0.95
    json["topK"] = 64
    json["maxTemperature"] = 2
    if Self.thinks(id) { json["thinking"] = true }
    return .object(json)
  }
}

/// ModelService on models, and the calls that need no conversation.
extension Shelf {
  mutating func listModels(_ call: inout Call) throws(Refusal) -> Answer {
    let catalogue = call.models
    let page = try Page(of: call, sizeDefault: 50, sizeMax: 1000)
    return .message(page.cut(catalogue.names.map(catalogue.json), as: "models"))
  }

  mutating func getModel(_ call: inout Call) throws(Refusal) -> Answer {
    try call.requireModel(for: "getModel")
    return .message(call.models.json(call.route.name()))
  }

  mutating func countTokens(_ call: inout Call) throws(Refusal) -> Answer {
    try call.requireModel(for: "countTokens")
    let body = try call.body()
    let inner = body["generateContentRequest"]?.object
    if inner != nil, body["contents"] != nil {
      throw .badField(
        "generate_content_request", of: "CountTokensRequest",
        "contents must not be set when generateContentRequest is")
    }
    let request = inner ?? body
    guard request["contents"]?.array?.isEmpty == false else {
      throw .badField("contents", of: "CountTokensRequest", "contents is not specified")
    }
    let prompt = try Prompt(request, shelf: self, in: &call)
    var answer: JSONObject = ["totalTokens": .int(prompt.tokens.total)]
    if prompt.cachedTokens > 0 { answer["cachedContentTokenCount"] = .int(prompt.cachedTokens) }
    if prompt.tokens.total > 0 { answer["promptTokensDetails"] = prompt.tokens.details }
    return .message(.object(answer))
  }

  mutating func embedContent(_ call: inout Call) throws(Refusal) -> Answer {
    try call.requireModel(for: "embedContent")
    let body = try call.body()
    return .message(["embedding": try Embedding.json(of: body, model: call.route.name())])
  }

  mutating func batchEmbedContents(_ call: inout Call) throws(Refusal) -> Answer {
    try call.requireModel(for: "batchEmbedContents")
    let body = try call.body()
    let requests = (body["requests"]?.array ?? []).compactMap(\.object)
    guard !requests.isEmpty else {
      throw .badField("requests", of: "BatchEmbedContentsRequest", "requests is not specified")
    }
    guard requests.count <= 100 else {
      throw .badField(
        "requests", of: "BatchEmbedContentsRequest", "at most 100 requests can be in one batch")
    }
    var embeddings: [JSONValue] = []
    for request in requests {
      let model = request["model"]?.string ?? call.route.name()
      guard ModelCatalogue.id(model) == ModelCatalogue.id(call.route.name()) else {
        throw .badField(
          "requests.model", of: "BatchEmbedContentsRequest", "must be \(call.route.name())")
      }
      embeddings.append(try Embedding.json(of: request, model: model))
    }
    return .message(["embeddings": .array(embeddings)])
  }
}

extension Call {
  var models: ModelCatalogue { ModelCatalogue(allowed: options.settings.models) }

  /// The text the service has for a model that is not there, or cannot do what it is asked for.
  func requireModel(for method: String) throws(Refusal) {
    let name = route.name()
    let isEmbedding = ModelCatalogue.isEmbedding(name)
    let fits =
      switch method {
      case "embedContent", "batchEmbedContents": isEmbedding
      case "generateContent": !isEmbedding
      default: true
      }
    if fits, models.contains(name) { return }
    throw Refusal(
      .notFound,
      "\(name) is not found for API version \(route.version), or is not supported for \(method). "
        + "Call ListModels to see the list of available models and their supported methods.",
      explanation: fits
        ? "\(name) is none of the scenario's models" : "\(name) does not support \(method)")
  }
}
