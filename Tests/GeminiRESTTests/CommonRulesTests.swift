import Conversation
import GeminiREST
import JSON
import Testing
import Wire

@Suite("Gemini REST: rules common to all routes") struct CommonRulesTests {
  @Test(arguments: ["/v1", "/v1beta", "/v1alpha", "/proxy/x/v1", "//v1beta"])
  func `the same tree stands under every version and prefix`(version: String) {
    var driver = Driver()
    let reply = driver.send("GET", "\(version)/tunedModels")
    #expect(reply.status == 200)
    #expect(reply.text == "{}\n")
  }

  @Test func `answers are indented, and headers are those of the service`() {
    var driver = Driver()
    let reply = driver.send("GET", "/v1beta/models/gemini-2.0-flash")
    #expect(reply.text.hasPrefix("{\n  \"name\": \"models/gemini-2.0-flash\",\n"))
    #expect(reply.text.hasSuffix("}\n"))
    #expect(reply.header("Content-Type") == "application/json; charset=UTF-8")
    #expect(reply.header("Server") == "scaffolding on HTTPServer2")
    #expect(
      reply.headers.filter { $0.name == "Vary" }.map(\.value) == ["Origin", "X-Origin", "Referer"])
    let line = driver.send("GET", "/v1beta/models/gemini-2.0-flash?prettyPrint=false").text
    #expect(line.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ("{'contents': {'parts': {'text': 'Hi',},},}", "Hi"),
    (
      #"{"contents":[{"parts":[{"text":"Hi"}]}],"toolConfig":{"function_calling_config":{"mode":"auto"}}}"#,
      "Hi"
    ),
    (
      #"{"contents":[{"parts":[{"text":"Hi"}]}],"tool_config":{"functionCallingConfig":{"mode":1}}}"#,
      "Hi"
    ),
    (
      #"{"contents":[{"parts":[{"text":"Hi"},{"inline_data":{"mimeType":"image/png","data":"_9j_4A"}}]}]}"#,
      "Hi"
    ),
    (
      #"{"contents":[{"parts":[{"text":"Hi"}]}],"generation_config":{"maxOutputTokens":"64","top_k":40.0}}"#,
      "Hi"
    ),
    (
      #"{"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{"thinkingConfig":{"thinking_budget":0}}}"#,
      "Hi"
    ),
    (#"{"contents":[{"parts":[{"text":"Hi"}]}],"systemInstruction":null}"#, "Hi"),
  ])
  func `reads what protobuf's parser reads`(body: String, text: String) {
    var driver = Driver()
    let reply = driver.send("POST", "/v1beta/models/gemini-x:generateContent", body)
    #expect(reply.status == 200, "\(reply.text)")
    #expect(driver.heard.last == .turn(UserTurn(text: text)))
  }

  @Test(arguments: [
    (
      #"{"contentz":[]}"#,
      "Invalid JSON payload received. Unknown name \"contentz\": Cannot find field."
    ),
    (
      #"{"contents":[{"parts":[{"texd":"x"}]}]}"#,
      "Invalid JSON payload received. Unknown name \"texd\" at 'contents[0].parts[0]': "
        + "Cannot find field."
    ),
    (
      #"{"generationConfig":{"temperature":"hot"}}"#,
      "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"hot\""
    ),
    (
      #"{"safetySettings":[{"category":"RUDE"}]}"#,
      "Invalid value at 'safety_settings[0].category' "
        + "(type.googleapis.com/google.ai.generativelanguage.v1beta.HarmCategory), \"RUDE\""
    ),
    (
      #"{"systemInstruction":["x"]}"#,
      "Invalid JSON payload received. Unknown name \"system_instruction\" at '': "
        + "Proto field is not repeating, cannot start list."
    ),
    ("[1]", "Invalid JSON payload received. Root element must be a message."),
    (
      "{\"a\": }",
      "Invalid JSON payload received. Unexpected token.\n{\"a\": }\n      ^"
    ),
    ("", "* GenerateContentRequest.contents: contents is not specified\n"),
  ])
  func `says what is wrong with a body in the words of the service`(body: String, text: String) {
    var driver = Driver()
    let reply = driver.send("POST", "/v1beta/models/gemini-x:generateContent", body)
    #expect(reply.status == 400)
    #expect(reply.error?["status"] == "INVALID_ARGUMENT")
    #expect(reply.message == text)
  }

  @Test func `all that is unknown is told at once`() {
    var driver = Driver()
    let reply = driver.send(
      "POST", "/v1beta/models/gemini-x:generateContent", #"{"a":1,"b":2}"#)
    let violations = reply.error?["details"]?.array?.first?["fieldViolations"]?.array
    #expect(violations?.count == 2)
    #expect(reply.message?.split(separator: "\n").count == 2)
  }

  @Test func `a lenient scenario accepts and warns`() {
    var driver = Driver(SessionSettings(isStrict: false))
    let reply = driver.send(
      "POST", "/v1beta/models/gemini-x:generateContent",
      #"{"contents":{"parts":[{"texd":"x"},{"fileData":{"fileUri":"https://h/v1/files/none"}}]}}"#)
    #expect(reply.status == 200)
    #expect(
      driver.explanations == [
        "passed over, where the service refuses it: Unknown name \"texd\" at "
          + "'contents[0].parts[0]': Cannot find field.",
        "accepted, where the service refuses it: there is no files/none",
      ])
  }

  @Test func `enums are numbers for clients that ask for them`() {
    var driver = Driver()
    let query = "?%24alt=json%3Benum-encoding%3Dint"
    let reply = driver.ask(query: query)
    #expect(reply["candidates"]?.array?.first?["finishReason"] == 1)
    #expect(driver.ask()["candidates"]?.array?.first?["finishReason"] == "STOP")
  }

  @Test func `a browser is let through`() {
    var driver = Driver()
    let headers = [
      Header("Origin", "http://localhost:3000"), Header("Access-Control-Request-Method", "POST"),
      Header("Access-Control-Request-Headers", "content-type,x-goog-api-key,api-revision"),
    ]
    let reply = driver.send("OPTIONS", "/v1beta/models/m:generateContent", headers: headers)
    #expect(reply.status == 200)
    #expect(reply.header("Access-Control-Allow-Origin") == "http://localhost:3000")
    #expect(reply.header("Access-Control-Allow-Headers") == "content-type,x-goog-api-key")
  }

  @Test func `what OpenAI has as well goes by the credential`() {
    let accepts = GeminiREST.wireProtocol.accepts
    let bearer = Header("Authorization", "Bearer sk")
    #expect(accepts(Request(target: "/v1/models", headers: [Driver.key])))
    #expect(!accepts(Request(target: "/v1/models", headers: [bearer])))
    #expect(!accepts(Request(target: "/v1/files/x", headers: [bearer])))
    #expect(accepts(Request(target: "/v1beta/models", headers: [bearer])))
    #expect(accepts(Request(target: "/v1/tunedModels", headers: [bearer])))
    #expect(!accepts(Request(target: "/v1/interactions", headers: [Driver.key])))
    #expect(!accepts(Request(target: "/v1/chat/x/message", headers: [Driver.key])))
  }

  @Test(arguments: ["POST /v1beta/models", "GET /v1beta/models/x:sing", "PATCH /v1/files/x/y"])
  func `nothing answers elsewhere in the tree`(line: String) {
    let words = line.split(separator: " ").map(String.init)
    var driver = Driver()
    let reply = driver.send(words[0], words[1])
    #expect(reply.status == 404)
    #expect(driver.explanations == ["refused with 404: nothing answers \(line)"])
  }
}
