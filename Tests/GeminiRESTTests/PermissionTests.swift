import Conversation
import JSON
import Testing
import Wire

@Suite("Gemini REST: permissions") struct PermissionTests {
  private static func driver(_ options: [String: SettingValue] = [:]) -> Driver {
    Driver(documents: ["tuned_models": [["name": "tunedModels/x"]]], options: options)
  }

  private static let target = "/v1beta/tunedModels/x/permissions"

  @Test func `permissions are made, listed, changed and deleted`() throws {
    var driver = Self.driver()
    let made = driver.send(
      "POST", Self.target,
      #"{"grantee_type":1,"emailAddress":"a@example.com","role":"reader"}"#)
    let name = try #require(made["name"]?.string)
    #expect(made["granteeType"] == "USER")
    #expect(made["role"] == "READER")
    #expect(driver.send("GET", "/v1beta/\(name)").json == made.json)
    let list = driver.send("GET", Self.target)["permissions"]?.array
    #expect(list?.map { $0["role"] } == ["OWNER", "READER"])
    #expect(list?.first?["emailAddress"] == "you@example.com")
    let changed = driver.send("PATCH", "/v1beta/\(name)?updateMask=role", #"{"role":"WRITER"}"#)
    #expect(changed["role"] == "WRITER")
    #expect(driver.send("DELETE", "/v1beta/\(name)").text == "{}\n")
    #expect(driver.send("GET", "/v1beta/\(name)").status == 404)
  }

  @Test(arguments: [
    #"{"granteeType":"USER","role":"READER"}"#, #"{"emailAddress":"a@example.com"}"#,
    #"{"emailAddress":"a@example.com","role":"OWNER"}"#,
    #"{"granteeType":"EVERYONE","emailAddress":"a@example.com","role":"READER"}"#,
  ])
  func `mistakes are refused`(body: String) {
    var driver = Self.driver()
    #expect(driver.send("POST", Self.target, body).status == 400)
  }

  @Test func `a grantee has one permission, and the owner's stays`() {
    var driver = Self.driver()
    let body = #"{"granteeType":"EVERYONE","role":"READER"}"#
    #expect(driver.send("POST", Self.target, body).status == 200)
    #expect(driver.send("POST", Self.target, body).status == 409)
    #expect(driver.send("DELETE", "\(Self.target)/owner").status == 400)
    #expect(driver.send("PATCH", "\(Self.target)/owner", #"{"role":"READER"}"#).status == 400)
  }

  @Test func `a transfer makes the old owner a writer`() {
    var driver = Self.driver(["user": .text("me@example.com")])
    let transfer = "/v1beta/tunedModels/x:transferOwnership"
    #expect(driver.send("POST", transfer, "{}").status == 400)
    #expect(
      driver.send("POST", transfer, #"{"email_address":"heir@example.com"}"#).text == "{}\n")
    let list = driver.send("GET", Self.target)["permissions"]?.array ?? []
    #expect(list.map { $0["emailAddress"] } == ["me@example.com", "heir@example.com"])
    #expect(list.map { $0["role"] } == ["WRITER", "OWNER"])
  }

  @Test func `permissions can be made to need OAuth, as they do at the service`() {
    var driver = Self.driver()
    driver.settings.methodsOfOAuth = ["tunedModels.permissions"]
    let refused = driver.send("GET", Self.target)
    #expect(refused.status == 401)
    #expect(refused.message?.hasPrefix("API keys are not supported by this API.") == true)
    let token = Header("Authorization", "Bearer t")
    #expect(driver.send("GET", Self.target, headers: [token]).status == 200)
  }
}
