/// From an endpoint to what answers there.
extension Shelf {
  mutating func answer(_ resource: Endpoint.Resource, _ call: inout Call) throws(Refusal)
    -> Answer
  {
    switch resource {
    case .listModels: try listModels(&call)
    case .getModel: try getModel(&call)
    case .countTokens: try countTokens(&call)
    case .embedContent: try embedContent(&call)
    case .batchEmbedContents: try batchEmbedContents(&call)
    case .createTunedModel: try createTunedModel(&call)
    case .listTunedModels: try listTunedModels(&call)
    case .getTunedModel: try getTunedModel(&call)
    case .patchTunedModel: try patchTunedModel(&call)
    case .deleteTunedModel: try deleteTunedModel(&call)
    case .cancelTunedModel: try cancelTunedModel(&call)
    case .transferOwnership: try transferOwnership(&call)
    case .createPermission: try createPermission(&call)
    case .listPermissions: try listPermissions(&call)
    case .getPermission: try getPermission(&call)
    case .patchPermission: try patchPermission(&call)
    case .deletePermission: try deletePermission(&call)
    case .listOperations: try listOperations(&call)
    case .getOperation: try getOperation(&call)
    case .cancelOperation: try cancelOperation(&call)
    case .deleteOperation: try deleteOperation(&call)
    case .upload: try upload(&call)
    case .createFile: try createFile(&call)
    case .listFiles: try listFiles(&call)
    case .getFile: try getFile(&call)
    case .deleteFile: try deleteFile(&call)
    case .downloadFile: try downloadFile(&call)
    case .createCachedContent: try createCachedContent(&call)
    case .listCachedContents: try listCachedContents(&call)
    case .getCachedContent: try getCachedContent(&call)
    case .patchCachedContent: try patchCachedContent(&call)
    case .deleteCachedContent: try deleteCachedContent(&call)
    case .createEmbeddingBatch: try createEmbeddingBatch(&call)
    case .listJobs: try listJobs(&call)
    case .getJob: try getJob(&call)
    case .cancelJob: try cancelJob(&call)
    case .deleteJob: try deleteJob(&call)
    case .createCorpus: try createCorpus(&call)
    case .listCorpora: try listCorpora(&call)
    case .getCorpus: try getCorpus(&call)
    case .patchCorpus: try patchCorpus(&call)
    case .deleteCorpus: try deleteCorpus(&call)
    }
  }

  /// The prompt of an endpoint that the model answers.
  func prompt(_ content: Endpoint.Content, _ call: inout Call) throws(Refusal) -> Prompt {
    switch call.route.words[0] {
    case "tunedModels": try requireActive(try tunedModel(call.route.name(), call), call)
    default: try call.requireModel(for: "generateContent")
    }
    let body = try call.body()
    switch content {
    case .predict, .predictLongRunning: return try Prompt(prediction: body)
    case .generate, .stream, .answer, .batch: return try Prompt(body, shelf: self, in: &call)
    }
  }
}
