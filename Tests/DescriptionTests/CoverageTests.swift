import Testing
import Wire

/// Every route of the services that `google/ai/generativelanguage/v1beta` declares for models,
/// tuned models, files, cached contents, permissions and operations.
@Suite("Description: coverage of the Gemini API") struct CoverageTests {
  private static let prompt = #"{"contents":[{"parts":[{"text":"Hi"}]}]}"#
  private static let instance = #"{"instances":[{"prompt":"A cat"}]}"#
  private static let embedding = #"{"content":{"parts":[{"text":"Hi"}]}}"#
  private static let reader = #"{"granteeType":"EVERYONE","role":"READER"}"#
  private static let model = "/v1beta/models/gemini-3-flash-preview"

  /// The route as the services declare it, and a request to it.
  static let routes: [(route: String, target: String, body: String)] = [
    ("GET /v1beta/cachedContents", "/v1beta/cachedContents", ""),
    (
      "POST /v1beta/cachedContents", "/v1beta/cachedContents",
      #"{"model":"models/gemini-3-flash-preview"}"#
    ),
    ("GET /v1beta/cachedContents/*", "/v1beta/cachedContents/c", ""),
    ("PATCH /v1beta/cachedContents/*", "/v1beta/cachedContents/c", #"{"ttl":"60s"}"#),
    ("DELETE /v1beta/cachedContents/*", "/v1beta/cachedContents/c", ""),
    ("POST /v1beta/files", "/v1beta/files", "{}"),
    ("GET /v1beta/files", "/v1beta/files", ""),
    ("GET /v1beta/files/*", "/v1beta/files/f", ""),
    ("DELETE /v1beta/files/*", "/v1beta/files/f", ""),
    ("GET /v1beta/files/*:download", "/v1beta/files/f:download?alt=media", ""),
    ("POST /v1beta/models/*:generateContent", "\(model):generateContent", prompt),
    (
      "POST /v1beta/tunedModels/*:generateContent", "/v1beta/tunedModels/x:generateContent", prompt
    ),
    ("POST /v1beta/dynamic/*:generateContent", "/v1beta/dynamic/x:generateContent", prompt),
    ("POST /v1beta/models/*:generateAnswer", "\(model):generateAnswer", prompt),
    ("POST /v1beta/models/*:streamGenerateContent", "\(model):streamGenerateContent", prompt),
    (
      "POST /v1beta/tunedModels/*:streamGenerateContent",
      "/v1beta/tunedModels/x:streamGenerateContent", prompt
    ),
    (
      "POST /v1beta/dynamic/*:streamGenerateContent", "/v1beta/dynamic/x:streamGenerateContent",
      prompt
    ),
    (
      "POST /v1beta/models/*:embedContent", "/v1beta/models/gemini-embedding-001:embedContent",
      embedding
    ),
    (
      "POST /v1beta/models/*:batchEmbedContents",
      "/v1beta/models/gemini-embedding-001:batchEmbedContents", "{\"requests\":[\(embedding)]}"
    ),
    ("POST /v1beta/models/*:countTokens", "\(model):countTokens", prompt),
    ("GET /v1beta/models/*", model, ""),
    ("GET /v1beta/models", "/v1beta/models", ""),
    ("GET /v1beta/tunedModels/*", "/v1beta/tunedModels/x", ""),
    ("GET /v1beta/tunedModels", "/v1beta/tunedModels", ""),
    (
      "POST /v1beta/tunedModels", "/v1beta/tunedModels?tunedModelId=y",
      #"{"tuningTask":{"trainingData":{"examples":{"examples":[{"output":"1"}]}}}}"#
    ),
    ("PATCH /v1beta/tunedModels/*", "/v1beta/tunedModels/x", "{}"),
    ("DELETE /v1beta/tunedModels/*", "/v1beta/tunedModels/x", ""),
    ("POST /v1beta/tunedModels/*/permissions", "/v1beta/tunedModels/x/permissions", reader),
    ("POST /v1beta/corpora/*/permissions", "/v1beta/corpora/c/permissions", reader),
    ("GET /v1beta/tunedModels/*/permissions/*", "/v1beta/tunedModels/x/permissions/owner", ""),
    ("GET /v1beta/corpora/*/permissions/*", "/v1beta/corpora/c/permissions/owner", ""),
    ("GET /v1beta/tunedModels/*/permissions", "/v1beta/tunedModels/x/permissions", ""),
    ("GET /v1beta/corpora/*/permissions", "/v1beta/corpora/c/permissions", ""),
    (
      "PATCH /v1beta/tunedModels/*/permissions/*",
      "/v1beta/tunedModels/x/permissions/owner?updateMask=role", #"{"role":"WRITER"}"#
    ),
    (
      "PATCH /v1beta/corpora/*/permissions/*",
      "/v1beta/corpora/c/permissions/owner?updateMask=role", #"{"role":"WRITER"}"#
    ),
    ("DELETE /v1beta/tunedModels/*/permissions/*", "/v1beta/tunedModels/x/permissions/owner", ""),
    ("DELETE /v1beta/corpora/*/permissions/*", "/v1beta/corpora/c/permissions/owner", ""),
    (
      "POST /v1beta/tunedModels/*:transferOwnership", "/v1beta/tunedModels/x:transferOwnership",
      #"{"emailAddress":"a@example.com"}"#
    ),
    ("POST /v1beta/models/*:predict", "\(model):predict", instance),
    ("POST /v1beta/models/*:predictLongRunning", "\(model):predictLongRunning", instance),
    ("POST /v1beta/batches/*:cancel", "/v1beta/batches/b:cancel", ""),
    ("DELETE /v1beta/batches/*", "/v1beta/batches/b", ""),
    (
      "GET /v1beta/tunedModels/*/operations/*", "/v1beta/tunedModels/x/operations/initial", ""
    ),
    (
      "GET /v1beta/generatedFiles/*/operations/*", "/v1beta/generatedFiles/f/operations/o", ""
    ),
    ("GET /v1beta/batches/*", "/v1beta/batches/b", ""),
    ("GET /v1beta/models/*/operations/*", "\(model)/operations/o", ""),
    ("GET /v1beta/corpora/*/operations/*", "/v1beta/corpora/c/operations/o", ""),
    ("GET /v1beta/tunedModels/*/operations", "/v1beta/tunedModels/x/operations", ""),
    ("GET /v1beta/batches", "/v1beta/batches", ""),
    ("GET /v1beta/models/*/operations", "\(model)/operations", ""),
  ]

  @Test func `there are fifty`() {
    #expect(Set(Self.routes.map(\.route)).count == 50)
  }

  @Test func `each is served, or is a deviation that the README owns to`() throws {
    let deviations = try Service.deviations()
    for (route, target, body) in Self.routes {
      var service = try Service()
      let method = String(route.prefix { $0 != " " })
      let answer = service.answer(method, target, body)
      let status = try #require(answer).status
      let isServed = status != 404 && status != 501 && status != 405
      #expect(isServed != deviations.contains(route), "\(route) answers with \(status)")
      #expect(!isServed || status == 200 || route.contains("permissions/*"), "\(route): \(status)")
    }
  }

  @Test func `each is described`() throws {
    let described = try Service().operations.map { operation in
      let path = operation.path.replacing("{version}", with: "v1beta")
      return "\(operation.method) \(path.replacing(/\{[^}]*\}/, with: "*"))"
    }
    for (route, _, _) in Self.routes { #expect(described.contains(route), "\(route)") }
  }
}
