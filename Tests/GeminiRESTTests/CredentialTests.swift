import Conversation
import GeminiREST
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini REST: credentials") struct CredentialTests {
  static let models = "/v1beta/models"

  @Test(arguments: [
    ("/v1beta/models", [Header("x-goog-api-key", "good")], 200),
    ("/v1beta/models?key=good", [], 200),
    ("/v1beta/models", [Header("Authorization", "Bearer good")], 200),
    ("/v1beta/models", [], 403),
    ("/v1beta/models?key=", [Header("x-goog-api-key", "")], 403),
    ("/v1beta/models", [Header("Authorization", "Basic good")], 403),
    ("/v1beta/models?key=bad", [], 400),
    ("/v1beta/models", [Header("Authorization", "Bearer bad")], 401),
    ("/v1beta/models?key=old", [], 400),
    // The header goes before the query.
    ("/v1beta/models?key=good", [Header("x-goog-api-key", "bad")], 400),
  ])
  func `a credential is looked for in three places`(
    target: String, headers: [Header], status: Int
  ) {
    var settings = SessionSettings(keys: ["good", "old"])
    settings.expiredKeys = ["old"]
    var driver = Driver(settings)
    #expect(driver.send("GET", target, headers: headers).status == status)
  }

  @Test func `no credential is 403, a bad key 400, a bad token 401`() {
    var settings = SessionSettings()
    settings.keys = ["good"]
    var driver = Driver(settings)
    let none = driver.send("GET", "/v1beta/models", headers: [])
    #expect(none.status == 403)
    #expect(none.message?.hasPrefix("Method doesn't allow unregistered callers") == true)
    #expect(driver.explanations.first?.contains("x-goog-api-key: KEY") == true)
    let bad = driver.send("GET", "/v1beta/models?key=bad", headers: [])
    #expect(bad.status == 400)
    #expect(bad.message == "API key not valid. Please pass a valid API key.")
    #expect(bad.error?["details"]?.array?.first?["reason"] == "API_KEY_INVALID")
    let token = Header("Authorization", "Bearer bad")
    #expect(driver.send("GET", "/v1beta/models", headers: [token]).status == 401)
    #expect(driver.send("GET", "/v1beta/models?key=good", headers: []).status == 200)
    let good = Header("Authorization", "Bearer good")
    #expect(driver.send("GET", "/v1beta/models", headers: [good]).status == 200)
  }

  @Test func `an expired key is a bad one in its reason`() {
    var settings = SessionSettings()
    settings.expiredKeys = ["k"]
    var driver = Driver(settings)
    let refused = driver.send("GET", Self.models)
    #expect(refused.status == 400)
    #expect(refused.message == "API key expired. Please renew the API key.")
    #expect(refused.error?["details"]?.array?.first?["reason"] == "API_KEY_INVALID")
    #expect(driver.explanations.last?.contains("'auth.expired'") == true)
  }

  @Test func `a quota is for a minute, and says when it is over`() {
    var settings = SessionSettings()
    settings.quota = 2
    var driver = Driver(settings)
    #expect(driver.send("GET", Self.models).status == 200)
    driver.now = .start + .seconds(26)
    #expect(driver.send("GET", Self.models).status == 200)
    let refused = driver.send("GET", Self.models)
    #expect(refused.status == 429)
    #expect(refused.error?["status"] == "RESOURCE_EXHAUSTED")
    let details = refused.error?["details"]?.array ?? []
    #expect(
      details.compactMap { $0["@type"]?.string?.split(separator: ".").last } == [
        "QuotaFailure", "Help", "RetryInfo",
      ])
    #expect(details[0]["violations"]?.array?.first?["quotaValue"] == "2")
    #expect(details[2]["retryDelay"] == "34s")
    driver.now = .start + .seconds(60)
    #expect(driver.send("GET", Self.models).status == 200)
  }

  @Test func `what is refused for its key does not count`() {
    var settings = SessionSettings(keys: ["k"])
    settings.quota = 1
    var driver = Driver(settings)
    #expect(driver.send("GET", "\(Self.models)?key=bad", headers: []).status == 400)
    #expect(driver.send("GET", Self.models).status == 200)
    #expect(driver.send("GET", Self.models).status == 429)
  }

  @Test(arguments: [
    ("tunedModels.permissions", "GET", "/v1beta/tunedModels/x/permissions", 401),
    ("tunedModels.permissions", "GET", "/v1beta/tunedModels", 200),
    ("tunedModels.permissions.list", "GET", "/v1beta/tunedModels/x/permissions", 401),
    ("tunedModels.permissions.get", "GET", "/v1beta/tunedModels/x/permissions", 404),
    ("tunedModels", "DELETE", "/v1beta/tunedModels/x/permissions/p", 401),
    ("tunedModels.transferOwnership", "POST", "/v1beta/tunedModels/x:transferOwnership", 401),
    ("models.countTokens", "POST", "/v1beta/models/m:countTokens", 401),
    ("models.count", "POST", "/v1beta/models/m:countTokens", 400),
    ("files.create", "POST", "/v1beta/files", 401), ("files.list", "GET", "/v1/files", 401),
    ("files.get", "GET", "/v1/files", 200),
  ])
  func `a method may want a token`(word: String, method: String, target: String, status: Int) {
    var settings = SessionSettings()
    settings.methodsOfOAuth = [word]
    var driver = Driver(settings)
    #expect(driver.send(method, target).status == status)
    let token = Header("Authorization", "Bearer t")
    #expect(driver.send(method, target, headers: [token]).status != 401)
  }

  @Test func `a method that is none is told to the first caller`() {
    var settings = SessionSettings()
    settings.methodsOfOAuth = ["permissions", "files.create", "models.embedContent"]
    var driver = Driver(settings)
    _ = driver.send("GET", Self.models)
    #expect(driver.explanations == ["auth.oauth_only: there is no method 'permissions'"])
  }
}
