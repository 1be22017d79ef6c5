import Conversation
import JSON
import Testing
import VirtualTime
import Wire

@Suite("Gemini REST: tuned models") struct TunedModelTests {
  private static func body(
    _ name: String? = "number generator", examples: Int = 4, _ parameters: JSONObject
  ) -> String {
    let example: JSONValue = ["textInput": "1", "output": "2"]
    var body: JSONObject = [
      "baseModel": "models/gemini-1.5-flash-001-tuning",
      "tuningTask": [
        "hyperparameters": .object(parameters),
        "trainingData": [
          "examples": ["examples": .array(Array(repeating: example, count: examples))]
        ],
      ],
    ]
    if let name { body["displayName"] = .string(name) }
    return JSONValue.object(body).description
  }

  private static func body(_ name: String? = "number generator", examples: Int = 4) -> String {
    body(name, examples: examples, [:])
  }

  @Test func `tuning runs on the virtual clock`() throws {
    var driver = Driver()
    let parameters: JSONObject = ["epochCount": 3, "batchSize": 2, "learningRate": 0.001]
    let created = driver.send(
      "POST", "/v1beta/tunedModels?tunedModelId=one", Self.body(examples: 4, parameters))
    let name = try #require(created["name"]?.string)
    #expect(name.hasPrefix("tunedModels/one/operations/"))
    #expect(
      created.json
        == [
          "name": .string(name),
          "metadata": [
            "@type":
              "type.googleapis.com/google.ai.generativelanguage.v1beta.CreateTunedModelMetadata",
            "tunedModel": "tunedModels/one", "totalSteps": 6,
          ],
        ])
    driver.pass(.seconds(4))
    let halfway = driver.send("GET", "/v1beta/\(name)")
    #expect(halfway["metadata"]?["completedSteps"] == 2)
    #expect(halfway["metadata"]?["completedPercent"] == 33.33)
    let snapshots = halfway["metadata"]?["snapshots"]?.array
    #expect(snapshots?.map { $0["step"] } == [1, 2])
    #expect(snapshots?.map { $0["epoch"] } == [nil, 1])
    #expect(snapshots?.first?["computeTime"]?.string?.hasSuffix("000000Z") == false)
    #expect(halfway["done"] == nil)
    #expect(driver.send("GET", "/v1/tunedModels/one")["state"] == "CREATING")
    #expect(driver.ask(model: "tunedModels/one").error?["status"] == "FAILED_PRECONDITION")
    driver.pass(.seconds(6))
    let done = driver.send("GET", "/v1beta/\(name)")
    #expect(done["done"] == true)
    #expect(done["metadata"]?["completedPercent"] == 100.0)
    #expect(done["response"]?["state"] == "ACTIVE")
    #expect(done["response"]?["tuningTask"]?["snapshots"]?.array?.count == 6)
    #expect(done["response"]?["tuningTask"]?["trainingData"] == nil)
    #expect(driver.ask(model: "tunedModels/one").status == 200)
  }

  @Test(arguments: [(15, 4, 19), (15, 2, 38), (1, 4, 2)])
  func `total steps follow from examples, epochs and batches`(
    examples: Int, batch: Int, steps: Int
  ) {
    var driver = Driver()
    let created = driver.send(
      "POST", "/v1beta/tunedModels",
      Self.body(examples: examples, ["batchSize": .int(batch)]))
    #expect(created["metadata"]?["totalSteps"] == .int(steps))
  }

  @Test func `a scenario decides how long tuning lasts and how it ends`() throws {
    var driver = Driver(documents: [
      "tuning": ["lasts": "2s", "steps": 5, "outcome": "FAILED", "message": "no luck"]
    ])
    let name = try #require(
      driver.send("POST", "/v1beta/tunedModels", Self.body())["name"]?.string)
    driver.pass(.milliseconds(1999))
    #expect(driver.send("GET", "/v1beta/\(name)")["metadata"]?["completedSteps"] == 4)
    driver.pass(.milliseconds(1))
    let done = driver.send("GET", "/v1beta/\(name)")
    #expect(done["done"] == true)
    #expect(done["error"] == ["code": 13, "message": "no luck"])
    #expect(done["response"] == nil)
    let model = String(name.prefix { $0 != "/" }) + "/" + name.split(separator: "/")[1]
    #expect(driver.send("GET", "/v1beta/\(model)")["state"] == "FAILED")
  }

  @Test func `what a scenario gets wrong is told to the first caller`() {
    var driver = Driver(documents: [
      "tuning": ["lasts": "long", "pace": 1], "tuned_models": [["name": "tunedModels/Bad_Id"]],
    ])
    driver.send("GET", "/v1beta/tunedModels")
    #expect(
      driver.explanations == [
        "gemini-rest.tuning.lasts cannot be \"long\"", "gemini-rest.tuning has no 'pace'",
        "gemini-rest.tuned_models[0]: 'name' must be tunedModels/ID, and ID match "
          + "[a-z]([a-z0-9-]*[a-z0-9])?",
      ])
    driver.send("GET", "/v1beta/tunedModels")
    #expect(driver.explanations.isEmpty)
  }

  @Test(arguments: [
    ("?tunedModelId=Bad_Id", 400, "INVALID_ARGUMENT"),
    ("?tunedModelId=-a", 400, "INVALID_ARGUMENT"),
    ("?tunedModelId=a-", 400, "INVALID_ARGUMENT"), ("?tunedModelId=taken", 409, "ALREADY_EXISTS"),
    ("?tunedModelId=a1", 200, nil),
  ])
  func `identifiers follow the rule`(query: String, status: Int, code: String?) {
    var driver = Driver(documents: ["tuned_models": [["name": "tunedModels/taken"]]])
    let reply = driver.send("POST", "/v1beta/tunedModels\(query)", Self.body())
    #expect(reply.status == status)
    #expect(reply.error?["status"]?.string == code)
  }

  @Test func `names are made from the display name`() throws {
    var driver = Driver()
    let named = driver.send("POST", "/v1beta/tunedModels", Self.body("Sentence Translator!"))
    let name = try #require(named["metadata"]?["tunedModel"]?.string)
    #expect(name.hasPrefix("tunedModels/sentence-translator-"))
    #expect(name.count == "tunedModels/sentence-translator-u3b7m".count)
    #expect(driver.send("POST", "/v1beta/tunedModels", Self.body(nil)).status == 200)
  }

  @Test func `training data is required unless the scenario says otherwise`() {
    var strict = Driver()
    #expect(strict.send("POST", "/v1beta/tunedModels", Self.body(examples: 0)).status == 400)
    var lenient = Driver(documents: [:], options: ["require_training_data": .flag(false)])
    #expect(lenient.send("POST", "/v1beta/tunedModels", Self.body(examples: 0)).status == 200)
    let long = String(repeating: "x", count: 41)
    #expect(strict.send("POST", "/v1beta/tunedModels", Self.body(long)).status == 400)
  }

  @Test func `patch changes what the mask names, and clears what is not sent`() {
    var driver = Driver(documents: [
      "tuned_models": [["name": "tunedModels/x", "displayName": "X", "description": "old"]]
    ])
    driver.pass(.seconds(1))
    let target = "/v1beta/tunedModels/x"
    let reply = driver.send(
      "PATCH", "\(target)?updateMask=displayName", #"{"displayName":"Y","state":2}"#)
    #expect(reply["displayName"] == "Y")
    #expect(reply["description"] == "old")
    #expect(reply["updateTime"]?.string?.hasSuffix(":21.000000Z") == true)
    let cleared = driver.send("PATCH", "\(target)?updateMask=description", "{}")
    #expect(cleared["description"] == nil)
    let maskless = driver.send("PATCH", target, #"{"description":"new","temperature":0}"#)
    #expect(maskless["displayName"] == "Y")
    #expect(maskless["description"] == "new")
    #expect(maskless["temperature"] == 0)
    #expect(driver.send("PATCH", "\(target)?updateMask=state", "{}").status == 400)
    #expect(driver.send("PATCH", "/v1beta/tunedModels/none", "{}").status == 404)
  }

  @Test func `lists come in pages, and a token fits its list only`() throws {
    let models = (1...25).map { JSONValue.object(["name": .string("tunedModels/m\($0)")]) }
    var driver = Driver(documents: ["tuned_models": .array(models)])
    let first = driver.send("GET", "/v1beta/tunedModels")
    #expect(first["tunedModels"]?.array?.count == 10)
    let token = try #require(first["nextPageToken"]?.string)
    let last = driver.send("GET", "/v1beta/tunedModels?pageSize=100&pageToken=\(token)")
    #expect(last["tunedModels"]?.array?.count == 15)
    #expect(last["nextPageToken"] == nil)
    for query in ["pageSize=-1", "pageSize=x", "pageToken=zzz", "filter=m1&pageToken=\(token)"] {
      #expect(driver.send("GET", "/v1beta/tunedModels?\(query)").status == 400)
    }
  }

  @Test func `filters search names, and who may do what`() {
    var driver = Driver(documents: [
      "tuned_models": [
        ["name": "tunedModels/a", "displayName": "Number Generator"],
        ["name": "tunedModels/b", "description": "writes numbers"],
      ]
    ])
    func names(_ filter: String) -> [String] {
      let reply = driver.send("GET", "/v1beta/tunedModels?filter=\(filter)")
      return (reply["tunedModels"]?.array ?? []).compactMap { $0["name"]?.string }
    }
    #expect(names("number") == ["tunedModels/a", "tunedModels/b"])
    #expect(names("number+generator") == ["tunedModels/a"])
    #expect(names("owner:me").count == 2)
    #expect(names("readers:everyone") == [])
    driver.send(
      "POST", "/v1beta/tunedModels/b/permissions", #"{"granteeType":"EVERYONE","role":"READER"}"#)
    #expect(names("readers:everyone") == ["tunedModels/b"])
    driver.send(
      "POST", "/v1beta/tunedModels/b:transferOwnership", #"{"emailAddress":"heir@example.com"}"#)
    #expect(names("owner:me") == ["tunedModels/a"])
    #expect(names("writers:me") == ["tunedModels/b"])
  }

  @Test(arguments: ["operation", "model"]) func `cancelled tuning has failed`(way: String) throws {
    var driver = Driver()
    let name = try #require(
      driver.send("POST", "/v1beta/tunedModels?tunedModelId=c", Self.body())["name"]?.string)
    driver.pass(.seconds(5))
    let target = way == "operation" ? name : "tunedModels/c"
    #expect(driver.send("POST", "/v1/\(target):cancel").text == "{}\n")
    let operation = driver.send("GET", "/v1/\(name)")
    #expect(operation["done"] == true)
    #expect(operation["error"]?["code"] == 1)
    driver.pass(.seconds(50))
    #expect(driver.send("GET", "/v1/tunedModels/c")["state"] == "FAILED")
  }

  @Test func `what is deleted is gone, with its operations`() throws {
    var driver = Driver()
    let name = try #require(
      driver.send("POST", "/v1beta/tunedModels?tunedModelId=d", Self.body())["name"]?.string)
    #expect(
      driver.send("GET", "/v1beta/tunedModels/d/operations")["operations"]?.array?.first?["name"]
        == .string(name))
    #expect(driver.send("DELETE", "/v1beta/tunedModels/d").text == "{}\n")
    let gone = driver.send("GET", "/v1beta/tunedModels/d")
    #expect(gone.status == 404)
    #expect(gone.message == "Tuned model tunedModels/d does not exist.")
    #expect(driver.send("GET", "/v1beta/\(name)").status == 404)
    #expect(driver.send("DELETE", "/v1beta/tunedModels/d").status == 404)
  }

  @Test func `a tuned model is tuned on, and its base is told`() {
    var driver = Driver(documents: [
      "tuned_models": [
        ["name": "tunedModels/a", "baseModel": "models/base"],
        ["name": "tunedModels/b", "state": "CREATING"],
      ],
      "tuning": ["lasts": "10s"],
    ])
    func tune(on name: String) -> Driver.Reply {
      driver.send(
        "POST", "/v1beta/tunedModels?tunedModelId=next",
        "{\"tunedModelSource\":{\"tunedModel\":\"\(name)\"},\"tuningTask\":{\"trainingData\":"
          + "{\"examples\":{\"examples\":{\"output\":\"1\"}}}}}")
    }
    #expect(tune(on: "tunedModels/none").status == 404)
    #expect(tune(on: "tunedModels/b").error?["status"] == "FAILED_PRECONDITION")
    #expect(tune(on: "tunedModels/a").status == 200)
    #expect(
      driver.send("GET", "/v1beta/tunedModels/next")["tunedModelSource"]
        == ["tunedModel": "tunedModels/a", "baseModel": "models/base"])
  }

  @Test func `enums of an operation are numbers where the client asks`() throws {
    var driver = Driver(documents: ["tuning": ["lasts": "0s"]])
    let query = "?$alt=json;enum-encoding=int"
    let done = driver.send("POST", "/v1beta/tunedModels\(query)", Self.body())
    #expect(done["response"]?["state"] == 2)
    let list = driver.send("GET", "/v1beta/tunedModels\(query)")
    #expect(list["tunedModels"]?.array?.first?["state"] == 2)
  }

  @Test func `two runs with one seed give the same bytes`() {
    func run() -> String {
      var driver = Driver()
      return driver.send("POST", "/v1beta/tunedModels", Self.body()).text + driver.ask().text
    }
    #expect(run() == run())
  }
}
