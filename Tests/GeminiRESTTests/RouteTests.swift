import JSON
import Testing
import Wire

/// Every route of the v1beta services, as their protos list them.
@Suite("Gemini REST: routes") struct RouteTests {
  private static let prompt = #"{"contents":[{"parts":[{"text":"Hi"}]}]}"#
  private static let embedding = #"{"content":{"parts":[{"text":"Hi"}]}}"#
  private static let permission = #"{"granteeType":"EVERYONE","role":"READER"}"#

  @Test(arguments: [
    ("GET models", ""), ("GET models/gemini-x", ""),
    ("POST models/gemini-x:generateContent", prompt),
    ("POST models/gemini-x:streamGenerateContent", prompt),
    ("POST models/gemini-x:generateAnswer", prompt),
    ("POST models/gemini-x:countTokens", prompt),
    ("POST models/imagen-4:predict", #"{"instances":[{"prompt":"A cat"}]}"#),
    ("POST models/gemini-embedding-001:embedContent", embedding),
    ("POST models/gemini-embedding-001:batchEmbedContents", "{\"requests\":[\(embedding)]}"),
    ("GET models/gemini-x/operations", ""),
    ("POST dynamic/x:generateContent", prompt), ("POST dynamic/x:streamGenerateContent", prompt),
    ("GET tunedModels", ""), ("GET tunedModels/x", ""), ("PATCH tunedModels/x", "{}"),
    ("DELETE tunedModels/x", ""), ("POST tunedModels/x:generateContent", prompt),
    ("POST tunedModels/x:streamGenerateContent", prompt), ("POST tunedModels/x:cancel", ""),
    ("POST tunedModels/x:transferOwnership", #"{"emailAddress":"a@example.com"}"#),
    (
      "POST tunedModels?tunedModelId=y",
      #"{"tuningTask":{"trainingData":{"examples":{"examples":{"output":"1"}}}}}"#
    ),
    ("POST tunedModels/x/permissions", permission), ("GET tunedModels/x/permissions", ""),
    ("GET tunedModels/x/permissions/owner", ""),
    ("PATCH tunedModels/x/permissions/owner?updateMask=role", #"{"role":"READER"}"#),
    ("GET tunedModels/x/operations", ""), ("GET tunedModels/x/operations/initial", ""),
    ("POST tunedModels/x/operations/initial:cancel", ""),
    ("POST files", "{}"), ("GET files", ""), ("GET files/f", ""), ("DELETE files/f", ""),
    ("GET files/g:download?alt=media", ""),
    ("POST cachedContents", #"{"model":"models/gemini-x"}"#), ("GET cachedContents", ""),
    ("GET cachedContents/c", ""), ("PATCH cachedContents/c", #"{"ttl":"60s"}"#),
    ("DELETE cachedContents/c", ""), ("GET batches", ""), ("GET batches/b", ""),
    ("POST batches/b:cancel", ""), ("DELETE batches/b", ""), ("GET operations", ""),
    ("DELETE operations/o", ""), ("GET models/gemini-x/operations/o", ""),
    ("GET generatedFiles/f/operations/o", ""), ("GET corpora/c/operations/o", ""),
    ("POST corpora", "{}"), ("GET corpora", ""), ("GET corpora/c", ""),
    ("PATCH corpora/c?updateMask=displayName", #"{"displayName":"C"}"#), ("DELETE corpora/c", ""),
    ("POST corpora/c/permissions", permission), ("GET corpora/c/permissions", ""),
    ("GET corpora/c/permissions/owner", ""),
    ("PATCH corpora/c/permissions/owner?updateMask=role", #"{"role":"READER"}"#),
    ("POST models/veo-3:predictLongRunning", #"{"instances":[{"prompt":"A cat"}]}"#),
    (
      "POST models/gemini-x:batchGenerateContent",
      #"{"batch":{"inputConfig":{"requests":{"requests":[{"request":\#(prompt)}]}}}}"#
    ),
    (
      "POST models/gemini-embedding-001:asyncBatchEmbedContent",
      #"{"batch":{"inputConfig":{"requests":{"requests":[{"request":\#(embedding)}]}}}}"#
    ),
  ])
  func `answers what is there`(route: String, body: String) {
    var driver = Self.driver
    let words = route.split(separator: " ").map(String.init)
    #expect(driver.send(words[0], "/v1beta/\(words[1])", body).status == 200)
  }

  @Test(arguments: [
    "DELETE tunedModels/x/permissions/none", "GET batches/none", "POST batches/none:cancel",
    "DELETE batches/none", "GET models/gemini-x/operations/none", "GET corpora/none",
    "GET corpora/none/permissions", "DELETE corpora/c/permissions/none",
  ])
  func `knows the routes to what is not there`(route: String) {
    var driver = Self.driver
    let words = route.split(separator: " ").map(String.init)
    let reply = driver.send(words[0], "/v1beta/\(words[1])", "{}")
    #expect(reply.status == 404)
    #expect(reply.message != "Method not found.")
  }

  private static var driver: Driver {
    Driver(documents: [
      "tuned_models": [["name": "tunedModels/x"]],
      "files": [
        ["name": "files/f", "mimeType": "text/plain", "text": "Hello"],
        ["name": "files/g", "mimeType": "text/plain", "text": "Hello", "source": "GENERATED"],
      ],
      "corpora": [["name": "corpora/c"]],
      "operations": [
        ["name": "batches/b"], ["name": "operations/o", "done": true],
        ["name": "models/gemini-x/operations/o"], ["name": "generatedFiles/f/operations/o"],
        ["name": "corpora/c/operations/o"],
      ],
      "cached_contents": [["name": "cachedContents/c", "model": "models/gemini-x"]],
    ])
  }
}
