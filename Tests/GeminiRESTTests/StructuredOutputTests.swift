import Conversation
import JSON
import Testing
import Wire

@Suite("Gemini REST: structured output") struct StructuredOutputTests {
  private static func ask(
    _ schema: JSONValue?, key: String = "responseSchema", _ steps: [ServerAction] = []
  ) throws -> JSONValue {
    var driver = Driver(answers: [steps])
    var configuration: JSONObject = ["responseMimeType": "application/json"]
    if let schema { configuration[key] = schema }
    let reply = driver.ask(with: ["generationConfig": .object(configuration)])
    let part = reply["candidates"]?.array?.first?["content"]?["parts"]?.array?.first
    return try JSONValue(parsing: try #require(part?["text"]?.string))
  }

  @Test func `a value that fits goes out where the scenario says nothing`() throws {
    let schema: JSONValue = [
      "type": "ARRAY", "minItems": "2",
      "items": [
        "type": "object",
        "properties": [
          "recipe_name": ["type": "STRING"], "count": ["type": "INTEGER", "minimum": 3.5],
          "share": ["type": "NUMBER", "maximum": 0.5], "vegan": ["type": "BOOLEAN"],
          "kind": ["type": "STRING", "enum": ["sweet", "sour"]],
          "day": ["type": "STRING", "format": "date"],
          "tags": ["type": "ARRAY", "items": ["type": "STRING"]],
        ],
        "propertyOrdering": ["kind", "recipe_name"],
      ],
    ]
    let item: JSONValue = [
      "kind": "sweet", "recipe_name": "recipe_name", "count": 4, "share": 0.5, "vegan": true,
      "day": "2026-01-01", "tags": ["tags"],
    ]
    #expect(try Self.ask(schema) == [item, item])
  }

  @Test func `JSON Schema is understood with its references`() throws {
    let schema: JSONValue = [
      "$defs": ["Node": ["type": "object", "properties": ["next": ["$ref": "#/$defs/Node"]]]],
      "type": "object",
      "properties": [
        "node": ["$ref": "#/$defs/Node"],
        "maybe": ["anyOf": [["type": "integer"], ["type": "null"]]],
        "word": ["type": ["string", "null"], "maxLength": 2],
      ],
    ]
    let value = try Self.ask(schema, key: "responseJsonSchema")
    #expect(value["maybe"] == 1)
    #expect(value["word"] == "wo")
    #expect(value["node"]?["next"]?.object != nil)
  }

  @Test func `prose gives way, and JSON of the scenario stays`() throws {
    let schema: JSONValue = ["type": "OBJECT", "properties": ["a": ["type": "STRING"]]]
    #expect(try Self.ask(schema, [.say("Hello")]) == ["a": "a"])
    #expect(try Self.ask(schema, [.say(#"{"b": 1}"#)]) == ["b": 1])
    #expect(try Self.ask(nil) == [:])
  }

  @Test func `thoughts alone say nothing`() throws {
    #expect(try Self.ask(["type": "BOOLEAN"], [.think("Hm.")]) == true)
  }

  @Test(arguments: [
    #"{"type":"ARRAY","maxItems":"-1","items":{"type":"STRING"}}"#,
    #"{"type":"ARRAY","minItems":"9223372036854775807","items":{"type":"INTEGER"}}"#,
    #"{"type":"STRING","minLength":"-9","maxLength":"-9"}"#,
    #"{"type":"INTEGER","minimum":1e308,"maximum":-1e308}"#, #"{"type":"NUMBER","maximum":-1e308}"#,
    #"{"enum":[],"anyOf":[]}"#, "{}", #"{"type":[]}"#,
    ##"{"$ref":"#"}"##, ##"{"$ref":"#/nowhere"}"##,
  ])
  func `no schema is too strange`(schema: String) throws {
    _ = try Self.ask(try JSONValue(parsing: schema), key: "responseJsonSchema")
  }

  @Test func `a schema that grows like a tree stays small`() throws {
    let names = (0..<30).map { "p\($0)" }
    let property: JSONValue = ["$ref": "#"]
    let properties = JSONObject(names.map { JSONMember(name: $0, value: property) })
    let value = try Self.ask(
      ["type": "object", "properties": .object(properties)], key: "responseJsonSchema")
    #expect(value.encoded.count < 200_000)
  }

  @Test func `one word of an enum`() {
    var driver = Driver()
    let reply = driver.ask(with: [
      "generationConfig": [
        "responseMimeType": "text/x.enum", "responseSchema": ["type": "STRING", "enum": ["Oboe"]],
      ]
    ])
    let part = reply["candidates"]?.array?.first?["content"]?["parts"]?.array?.first
    #expect(part?["text"] == "Oboe")
  }
}

@Suite("Gemini REST: models, tokens and embeddings") struct ModelTests {
  @Test func `models are those of the scenario, or any`() {
    var driver = Driver()
    #expect(driver.send("GET", "/v1beta/models/gemini-9")["name"] == "models/gemini-9")
    driver.settings.models = ["gemini-a", "models/gemini-b"]
    let list = driver.send("GET", "/v1beta/models?pageSize=1")
    #expect(list["models"]?.array?.map { $0["name"] } == ["models/gemini-a"])
    #expect(list["nextPageToken"] != nil)
    #expect(driver.send("GET", "/v1beta/models/gemini-b").status == 200)
    let unknown = driver.ask(model: "models/gemini-9")
    #expect(unknown.status == 404)
    #expect(
      unknown.message == "models/gemini-9 is not found for API version v1beta, or is not supported "
        + "for generateContent. Call ListModels to see the list of available models and their "
        + "supported methods.")
  }

  @Test func `tokens are counted`() {
    var driver = Driver()
    let reply = driver.send(
      "POST", "/v1beta/models/gemini-x:countTokens",
      #"{"contents":[{"parts":[{"text":"12345678"},{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}]}"#
    )
    #expect(reply["totalTokens"] == 260)
    #expect(
      reply["promptTokensDetails"] == [
        ["modality": "TEXT", "tokenCount": 2], ["modality": "IMAGE", "tokenCount": 258],
      ])
    let nested = driver.send(
      "POST", "/v1beta/models/gemini-x:countTokens",
      #"{"generateContentRequest":{"contents":[{"parts":[{"text":"12345678"}]}]}}"#)
    #expect(nested["totalTokens"] == 2)
  }

  @Test func `embeddings are unit vectors that tell texts apart`() throws {
    var driver = Driver()
    func embed(_ text: String, _ fields: String = "") throws -> [Double] {
      let reply = driver.send(
        "POST", "/v1beta/models/gemini-embedding-001:embedContent",
        "{\"content\":{\"parts\":[{\"text\":\"\(text)\"}]}\(fields)}")
      return try #require(reply["embedding"]?["values"]?.array).compactMap(\.double)
    }
    func similarity(_ left: [Double], _ right: [Double]) -> Double {
      zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let cat = try embed("the cat sat on the mat")
    #expect(cat.count == 3072)
    #expect(abs(similarity(cat, cat) - 1) < 1e-6)
    #expect(try embed("the cat sat on the mat") == cat)
    let kitten = try embed("the cat sat on a mat")
    let stocks = try embed("markets fell sharply")
    #expect(similarity(cat, kitten) > 0.7)
    #expect(similarity(cat, kitten) > similarity(cat, stocks) + 0.3)
    #expect(try embed("x", #","outputDimensionality":64"#).count == 64)
    #expect(try embed("cat", #","taskType":"RETRIEVAL_QUERY""#) != embed("cat"))
  }

  @Test func `embeddings refuse what they cannot do`() {
    var driver = Driver()
    let path = "/v1beta/models/gemini-embedding-001"
    #expect(driver.send("POST", "\(path):embedContent", "{}").status == 400)
    #expect(
      driver.send(
        "POST", "\(path):embedContent",
        #"{"content":{"parts":[{"text":"x"}]},"outputDimensionality":0}"#
      ).status == 400)
    #expect(driver.send("POST", "\(path):batchEmbedContents", "{}").status == 400)
    #expect(driver.send("POST", "\(path):generateContent", "{}").status == 404)
    #expect(driver.send("POST", "/v1beta/models/gemini-x:embedContent", "{}").status == 404)
  }
}
