/// What an endpoint takes and gives, by the names of its messages in `MessageTables`.
///
/// The reader of a body, the writer of an answer and the description that the service gives of
/// itself all go by this one table.
struct Signature: Hashable, Sendable {
  enum Query: Hashable, Sendable {
    case page, filter, updateMask, requiredMask, tunedModelID, download
  }

  enum Result: Hashable, Sendable {
    case message(String)
    /// Several of them, as an array or as events.
    case stream(String)
    /// A file's contents.
    case bytes
    /// Nothing until the last of several requests, whose answer is this.
    case upload(String)
  }

  let summary: String
  var body: String?
  var query: [Query] = []
  let result: Result
  /// What it may refuse with besides what every endpoint does.
  var refusals: [RPCStatus] = []

  /// The message of an answer.
  var message: String {
    switch result {
    case .message(let name), .stream(let name), .upload(let name): name
    case .bytes: ""
    }
  }

  private init(
    _ summary: String, _ body: String? = nil, query: [Query] = [], gives result: Result,
    _ refusals: RPCStatus...
  ) {
    self.summary = summary
    self.body = body
    self.query = query
    self.result = result
    self.refusals = refusals
  }

  private init(
    _ summary: String, _ body: String? = nil, query: [Query] = [], gives message: String,
    _ refusals: RPCStatus...
  ) {
    self.init(summary, body, query: query, gives: .message(message))
    self.refusals = refusals
  }

  init(of endpoint: Endpoint) {
    switch endpoint {
    case .content(let content): self = .of(content)
    case .resource(let resource): self = .of(resource)
    }
  }

  private static func of(_ content: Endpoint.Content) -> Signature {
    switch content {
    case .generate:
      Signature(
        "The model's answer, whole.", "GenerateContentRequest", gives: "GenerateContentResponse")
    case .stream:
      Signature(
        "The model's answer, as it comes into being.", "GenerateContentRequest",
        gives: .stream("GenerateContentResponse"))
    case .answer:
      Signature(
        "The model's answer out of passages.", "GenerateAnswerRequest",
        gives: "GenerateAnswerResponse")
    case .predict:
      Signature("Pictures.", "PredictRequest", gives: "PredictResponse")
    case .batch:
      Signature(
        "Many prompts, answered later.", "BatchGenerateContentRequest", gives: "Operation")
    case .predictLongRunning:
      Signature(
        "Videos, made later.", "PredictLongRunningRequest", gives: "Operation")
    }
  }

  private static func of(_ resource: Endpoint.Resource) -> Signature {
    switch resource {
    case .listModels: Signature("The models.", query: [.page], gives: "ListModelsResponse")
    case .getModel: Signature("A model.", gives: "Model")
    case .countTokens:
      Signature(
        "How many tokens a prompt has.", "CountTokensRequest", gives: "CountTokensResponse")
    case .embedContent:
      Signature(
        "A text as a vector.", "EmbedContentRequest", gives: "EmbedContentResponse")
    case .batchEmbedContents:
      Signature(
        "Texts as vectors.", "BatchEmbedContentsRequest", gives: "BatchEmbedContentsResponse")
    case .createEmbeddingBatch:
      Signature(
        "Many texts as vectors, later.", "AsyncBatchEmbedContentRequest", gives: "Operation")
    case .createTunedModel:
      Signature(
        "Begins to tune a model.", "TunedModel", query: [.tunedModelID], gives: "Operation",
        .alreadyExists)
    case .listTunedModels:
      Signature("The tuned models.", query: [.page, .filter], gives: "ListTunedModelsResponse")
    case .getTunedModel: Signature("A tuned model.", gives: "TunedModel")
    case .patchTunedModel:
      Signature(
        "Changes fields of a tuned model.", "TunedModel", query: [.updateMask],
        gives: "TunedModel")
    case .deleteTunedModel: Signature("Deletes a tuned model.", gives: "Empty")
    case .cancelTunedModel: Signature("Ends the tuning of a model.", gives: "Empty")
    case .transferOwnership:
      Signature(
        "Makes another the owner.", "TransferOwnershipRequest",
        gives: "TransferOwnershipResponse")
    case .createPermission:
      Signature(
        "Lets somebody use it.", "Permission", gives: "Permission", .alreadyExists)
    case .listPermissions:
      Signature("Who may use it.", query: [.page], gives: "ListPermissionsResponse")
    case .getPermission: Signature("A permission.", gives: "Permission")
    case .patchPermission:
      Signature(
        "Changes the role of a permission.", "Permission", query: [.requiredMask],
        gives: "Permission")
    case .deletePermission: Signature("Takes a permission away.", gives: "Empty")
    case .listOperations:
      Signature(
        "The tuning of a model.", query: [.page], gives: "ListOperationsResponse")
    case .getOperation: Signature("How far the tuning is.", gives: "Operation")
    case .cancelOperation: Signature("Ends the tuning.", gives: "Empty")
    case .deleteOperation: Signature("Forgets the tuning.", gives: "Empty")
    case .upload:
      Signature(
        "Uploads a file, in one request or several.", "CreateFileRequest",
        gives: .upload("CreateFileResponse"), .alreadyExists)
    case .createFile:
      Signature(
        "Makes a file without contents.", "CreateFileRequest", gives: "CreateFileResponse",
        .alreadyExists)
    case .listFiles: Signature("The files.", query: [.page], gives: "ListFilesResponse")
    case .getFile: Signature("A file.", gives: "File")
    case .deleteFile: Signature("Deletes a file.", gives: "Empty")
    case .downloadFile:
      Signature("The contents of a file that a model made.", query: [.download], gives: .bytes)
    case .createCachedContent:
      Signature(
        "Keeps a prompt for later ones.", "CachedContent", gives: "CachedContent")
    case .listCachedContents:
      Signature("The cached contents.", query: [.page], gives: "ListCachedContentsResponse")
    case .getCachedContent: Signature("A cached content.", gives: "CachedContent")
    case .patchCachedContent:
      Signature(
        "Changes how long a cached content lives.", "CachedContent", query: [.updateMask],
        gives: "CachedContent")
    case .deleteCachedContent: Signature("Deletes a cached content.", gives: "Empty")
    case .listJobs: Signature("The operations.", query: [.page], gives: "ListOperationsResponse")
    case .getJob: Signature("How far an operation is.", gives: "Operation")
    case .cancelJob: Signature("Ends an operation.", gives: "Empty")
    case .deleteJob: Signature("Forgets an operation.", gives: "Empty")
    case .createCorpus:
      Signature("Makes a corpus.", "Corpus", gives: "Corpus", .alreadyExists)
    case .listCorpora: Signature("The corpora.", query: [.page], gives: "ListCorporaResponse")
    case .getCorpus: Signature("A corpus.", gives: "Corpus")
    case .patchCorpus:
      Signature(
        "Renames a corpus.", "Corpus", query: [.requiredMask], gives: "Corpus")
    case .deleteCorpus: Signature("Deletes a corpus.", gives: "Empty")
    }
  }
}
