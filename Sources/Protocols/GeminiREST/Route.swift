import Wire

/// What a request asks for.
enum Endpoint: Hashable, Sendable {
  /// Something the model says or makes.
  case content(Content)
  /// Something the service keeps, or knows by itself.
  case resource(Resource)

  enum Content: Hashable, Sendable {
    case generate, stream, answer, predict
    /// What the model says is kept in an operation.
    case batch, predictLongRunning
  }

  enum Resource: Hashable, CaseIterable, Sendable {
    case listModels, getModel
    case countTokens, embedContent, batchEmbedContents
    case createTunedModel, listTunedModels, getTunedModel, patchTunedModel, deleteTunedModel
    case cancelTunedModel, transferOwnership
    case createPermission, listPermissions, getPermission, patchPermission, deletePermission
    case listOperations, getOperation, cancelOperation, deleteOperation
    case upload, createFile, listFiles, getFile, deleteFile, downloadFile
    case createCachedContent, listCachedContents, getCachedContent, patchCachedContent
    case deleteCachedContent
    case createEmbeddingBatch
    /// Operations that are no tuning.
    case listJobs, getJob, cancelJob, deleteJob
    case createCorpus, listCorpora, getCorpus, patchCorpus, deleteCorpus
  }
}

/// A request's place in the tree: `/{version}/{resource}[:{verb}]`.
///
/// The same tree stands under v1, v1beta and v1alpha, and under any prefix, which clients keep from
/// their base URL.
struct Route: Hashable, Sendable {
  let endpoint: Endpoint
  /// What the endpoint takes and gives.
  let signature: Signature
  /// `v1`, `v1beta` or `v1alpha`.
  let version: String
  /// What stood before the version, or before `upload`; empty or `/like/this`.
  let prefix: String
  /// The words of the resource's name, such as `tunedModels`, `x`, `permissions`, `y`.
  let words: [String]

  /// The first `count` words as a name; all by default.
  func name(_ count: Int? = nil) -> String {
    words.prefix(count ?? words.count).joined(separator: "/")
  }

  enum Match: Hashable, Sendable {
    case found(Route)
    /// The path is in the tree, but nothing answers there, or not to this method.
    case nothing(path: String)
  }

  /// The one that documents show comes first.
  static let versions = ["v1beta", "v1", "v1alpha"]
  private static let collections: Set<String> = [
    "models", "tunedModels", "dynamic", "files", "cachedContents", "operations", "batches",
    "corpora", "generatedFiles",
  ]

  /// What stands behind a colon.
  static let verbs = Set(rules.map(\.verb).filter { !$0.isEmpty })

  /// Nil when the path is not in this tree at all.
  static func match(_ request: Request) -> Match? {
    let words = request.pathWords
    guard let place = words.indices.dropLast().first(where: { isVersion(words, $0) }) else {
      return nil
    }
    let isUpload = place > 0 && words[place - 1] == "upload"
    let prefix = words[..<(isUpload ? place - 1 : place)].map { "/" + $0 }.joined()
    var resource = Array(words[(place + 1)...])
    let verb = takeVerb(&resource)
    let rule = rules.first {
      $0.words.count == resource.count && $0.isUpload == isUpload && $0.verb == verb
        && $0.method == request.method && matches($0.words, resource)
    }
    guard let rule else { return .nothing(path: request.path) }
    return .found(
      Route(
        endpoint: rule.endpoint, signature: rule.signature, version: words[place], prefix: prefix,
        words: resource))
  }

  private static let colon = UInt8(ascii: ":")

  private static func isVersion(_ words: [String], _ place: Int) -> Bool {
    guard versions.contains(words[place]) else { return false }
    let next = words[place + 1]
    return collections.contains(next)
      || collections.contains(String(next[..<(next.utf8.firstIndex(of: colon) ?? next.endIndex)]))
  }

  /// Cuts `:verb` off the last word. Names may hold no colon.
  private static func takeVerb(_ resource: inout [String]) -> String {
    guard let last = resource.last, let colon = last.utf8.firstIndex(of: colon) else { return "" }
    resource[resource.count - 1] = String(last[..<colon])
    return String(last[last.index(after: colon)...])
  }

  private static func matches(_ pattern: [String], _ words: [String]) -> Bool {
    zip(pattern, words).allSatisfy { $0 == "*" || $0 == $1 }
  }

  /// One method of one path.
  struct Rule: Sendable {
    let method: String
    let isUpload: Bool
    let words: [String]
    let verb: String
    let endpoint: Endpoint
    let signature: Signature

    /// `template` is `METHOD [upload/]words[:verb]`.
    init(_ template: String, _ endpoint: Endpoint) {
      let halves = template.split(separator: " ").map(String.init)
      var words = halves[1].split(separator: "/").map(String.init)
      isUpload = words.first == "upload"
      if isUpload { words.removeFirst() }
      verb = Route.takeVerb(&words)
      method = halves[0]
      self.words = words
      self.endpoint = endpoint
      signature = Signature(of: endpoint)
    }

    init(_ template: String, _ resource: Endpoint.Resource) {
      self.init(template, .resource(resource))
    }
  }

  /// The services ModelService, GenerativeService, PermissionService, FileService, CacheService,
  /// PredictionService and Operations of google/ai/generativelanguage/v1beta, and what the vendors'
  /// SDKs were seen to call besides.
  static let rules: [Rule] = [
    Rule("GET models", .listModels),
    Rule("GET models/*", .getModel),
    Rule("POST models/*:generateContent", .content(.generate)),
    Rule("POST tunedModels/*:generateContent", .content(.generate)),
    Rule("POST dynamic/*:generateContent", .content(.generate)),
    Rule("POST models/*:streamGenerateContent", .content(.stream)),
    Rule("POST tunedModels/*:streamGenerateContent", .content(.stream)),
    Rule("POST dynamic/*:streamGenerateContent", .content(.stream)),
    Rule("POST models/*:generateAnswer", .content(.answer)),
    Rule("POST models/*:countTokens", .countTokens),
    Rule("POST models/*:embedContent", .embedContent),
    Rule("POST models/*:batchEmbedContents", .batchEmbedContents),
    Rule("POST models/*:predict", .content(.predict)),
    Rule("POST models/*:predictLongRunning", .content(.predictLongRunning)),
    Rule("POST models/*:batchGenerateContent", .content(.batch)),
    Rule("POST models/*:asyncBatchEmbedContent", .createEmbeddingBatch),
    Rule("POST tunedModels", .createTunedModel),
    Rule("GET tunedModels", .listTunedModels),
    Rule("GET tunedModels/*", .getTunedModel),
    Rule("PATCH tunedModels/*", .patchTunedModel),
    Rule("DELETE tunedModels/*", .deleteTunedModel),
    Rule("POST tunedModels/*:cancel", .cancelTunedModel),
    Rule("POST tunedModels/*:transferOwnership", .transferOwnership),
    Rule("POST tunedModels/*/permissions", .createPermission),
    Rule("GET tunedModels/*/permissions", .listPermissions),
    Rule("GET tunedModels/*/permissions/*", .getPermission),
    Rule("PATCH tunedModels/*/permissions/*", .patchPermission),
    Rule("DELETE tunedModels/*/permissions/*", .deletePermission),
    Rule("GET tunedModels/*/operations", .listOperations),
    Rule("GET tunedModels/*/operations/*", .getOperation),
    Rule("POST tunedModels/*/operations/*:cancel", .cancelOperation),
    Rule("DELETE tunedModels/*/operations/*", .deleteOperation),
    Rule("POST upload/files", .upload),
    Rule("PUT upload/files", .upload),
    Rule("POST files", .createFile),
    Rule("GET files", .listFiles),
    Rule("GET files/*", .getFile),
    Rule("DELETE files/*", .deleteFile),
    Rule("GET files/*:download", .downloadFile),
    Rule("POST cachedContents", .createCachedContent),
    Rule("GET cachedContents", .listCachedContents),
    Rule("GET cachedContents/*", .getCachedContent),
    Rule("PATCH cachedContents/*", .patchCachedContent),
    Rule("DELETE cachedContents/*", .deleteCachedContent),
    Rule("GET batches", .listJobs),
    Rule("GET batches/*", .getJob),
    Rule("POST batches/*:cancel", .cancelJob),
    Rule("DELETE batches/*", .deleteJob),
    Rule("GET operations", .listJobs),
    Rule("DELETE operations/*", .deleteJob),
    Rule("GET models/*/operations", .listJobs),
    Rule("GET models/*/operations/*", .getJob),
    Rule("GET generatedFiles/*/operations/*", .getJob),
    Rule("POST corpora", .createCorpus),
    Rule("GET corpora", .listCorpora),
    Rule("GET corpora/*", .getCorpus),
    Rule("PATCH corpora/*", .patchCorpus),
    Rule("DELETE corpora/*", .deleteCorpus),
    Rule("GET corpora/*/operations/*", .getJob),
    Rule("POST corpora/*/permissions", .createPermission),
    Rule("GET corpora/*/permissions", .listPermissions),
    Rule("GET corpora/*/permissions/*", .getPermission),
    Rule("PATCH corpora/*/permissions/*", .patchPermission),
    Rule("DELETE corpora/*/permissions/*", .deletePermission),
  ]
}
