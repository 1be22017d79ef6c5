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
    ("DELETE cachedContents/c", ""), ("GET batches", ""), ("GET operations", ""),
  ])
  func `answers what is there`(route: String, body: String) {
    var driver = Self.driver
    let words = route.split(separator: " ").map(String.init)
    #expect(driver.send(words[0], "/v1beta/\(words[1])", body).status == 200)
  }

  @Test(arguments: [
    "DELETE tunedModels/x/permissions/none", "GET batches/b", "POST batches/b:cancel",
    "DELETE batches/b", "GET models/gemini-x/operations/o", "GET generatedFiles/f/operations/o",
    "GET corpora/c/operations/o", "POST corpora/c/permissions", "GET corpora/c/permissions",
    "GET corpora/c/permissions/p", "PATCH corpora/c/permissions/p",
    "DELETE corpora/c/permissions/p",
  ])
  func `knows the routes to what never is there`(route: String) {
    var driver = Self.driver
    let words = route.split(separator: " ").map(String.init)
    let reply = driver.send(words[0], "/v1beta/\(words[1])", "{}")
    #expect(reply.status == 404)
    #expect(reply.message != "Method not found.")
  }

  @Test(arguments: ["asyncBatchEmbedContent", "predictLongRunning", "batchGenerateContent"])
  func `says of a route that it is not simulated`(verb: String) {
    var driver = Self.driver
    let reply = driver.send("POST", "/v1beta/models/gemini-x:\(verb)", "{}")
    #expect(reply.status == 501)
    #expect(
      driver.explanations.first?.hasSuffix("does not simulate /v1beta/models/gemini-x:\(verb)")
        == true)
  }

  private static var driver: Driver {
    Driver(documents: [
      "tuned_models": [["name": "tunedModels/x"]],
      "files": [
        ["name": "files/f", "mimeType": "text/plain", "text": "Hello"],
        ["name": "files/g", "mimeType": "text/plain", "text": "Hello", "source": "GENERATED"],
      ],
      "cached_contents": [["name": "cachedContents/c", "model": "models/gemini-x"]],
    ])
  }
}
