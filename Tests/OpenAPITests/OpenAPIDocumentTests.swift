import JSON
import OpenAPI
import Testing

@Suite("OpenAPI: the document") struct OpenAPIDocumentTests {
  private static func document(_ services: ServiceDescription...) -> JSONValue {
    OpenAPIDocument.json(title: "Test", description: "A test.", services: services)
  }

  private static func service(
    _ name: String = "s", _ operations: OperationDescription...,
    definitions: [ServiceDescription.Definition] = []
  ) -> ServiceDescription {
    ServiceDescription(
      name: name, "A service.", credentials: [.header("x-key"), .query("key"), .bearer],
      operations: operations, definitions: definitions)
  }

  private static let done = [AnswerDescription(200, "Done.")]

  @Test func `an operation has all that is told of it`() {
    let operation = OperationDescription(
      "POST", "/a/{id}:run", "Runs it.",
      parameters: [
        ParameterDescription("id", in: .path, .text, "Which.", example: "x"),
        ParameterDescription("dry", in: .query, .flag),
      ], body: BodyDescription(.json(.named("Order")), isRequired: false),
      answers: [
        AnswerDescription(200, "Done.", .json(.list(.named("Order"))), .events),
        AnswerDescription(nil, "Not done.", ContentDescription("*/*", nil)),
      ])
    let document = Self.document(
      Self.service(
        "s", operation,
        definitions: [.init("Order", .closed([DataShape.Member("n", .text, isRequired: true)]))]))
    #expect(
      document["paths"]?["/a/{id}:run"] == [
        "post": [
          "operationId": "postAIdRun", "summary": "Runs it.", "tags": ["s"],
          "security": [["x-key": []], ["query-key": []], ["bearer": []]],
          "parameters": [
            [
              "name": "id", "in": "path", "required": true, "schema": ["type": "string"],
              "description": "Which.", "example": "x",
            ],
            [
              "name": "dry", "in": "query", "required": false, "schema": ["type": "boolean"],
            ],
          ],
          "requestBody": [
            "required": false,
            "content": [
              "application/json": ["schema": ["$ref": "#/components/schemas/s.Order"]]
            ],
          ],
          "responses": [
            "200": [
              "description": "Done.",
              "content": [
                "application/json": [
                  "schema": [
                    "type": "array", "items": ["$ref": "#/components/schemas/s.Order"],
                  ]
                ], "text/event-stream": ["schema": ["type": "string"]],
              ],
            ],
            "default": ["description": "Not done.", "content": ["*/*": [:]]],
          ],
        ]
      ])
    #expect(
      document["components"]?["schemas"]?["s.Order"] == [
        "type": "object", "properties": ["n": ["type": "string"]], "required": ["n"],
        "additionalProperties": false,
      ])
  }

  @Test func `paths that differ in names only are one`() {
    let document = Self.document(
      Self.service("s", OperationDescription("GET", "/a/{x}", "Gets.", answers: Self.done)),
      Self.service(
        "t",
        OperationDescription(
          "PUT", "/a/{y}", "Puts.",
          parameters: [ParameterDescription("y", in: .path, .text)], answers: Self.done)))
    #expect(document["paths"]?.object?.names == ["/a/{x}"])
    let put = document["paths"]?["/a/{x}"]?["put"]
    #expect(put?["parameters"]?.array?.first?["name"] == "x")
  }

  @Test func `the first of two operations at one place is told of`() {
    let document = Self.document(
      Self.service(
        "s", OperationDescription("GET", "/a", "First.", answers: Self.done),
        OperationDescription("GET", "/a", "Second.", answers: Self.done)))
    #expect(document["paths"]?["/a"]?["get"]?["summary"] == "First.")
  }

  @Test func `no two operations share an identifier`() {
    let document = Self.document(
      Self.service(
        "s", OperationDescription("GET", "/a/b", "One.", answers: Self.done),
        OperationDescription("GET", "/a:b", "Two.", answers: Self.done)))
    let paths = document["paths"]
    #expect(paths?["/a/b"]?["get"]?["operationId"] == "getAB")
    #expect(paths?["/a:b"]?["get"]?["operationId"] == "getAB2")
  }

  @Test(arguments: [
    (DataShape.anything, "{}"), (.null, #"{"type":"null"}"#),
    (.matching("^a$"), #"{"type":"string","pattern":"^a$"}"#),
    (.base64, #"{"type":"string","contentEncoding":"base64"}"#),
    (.integer(1...2), #"{"type":"integer","minimum":1,"maximum":2}"#),
    (.number(nil), #"{"type":"number"}"#),
    (.word(["a"]), #"{"type":"string","enum":["a"]}"#),
    (.map(.flag), #"{"type":"object","additionalProperties":{"type":"boolean"}}"#),
    (.object([], isOpen: true), #"{"type":"object","properties":{}}"#),
    (.either([.text, .null]), #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#),
  ])
  func `a shape is a schema`(shape: DataShape, schema: String) throws {
    #expect(try shape.schema(definedAt: "#/") == JSONValue(parsing: schema))
  }
}

@Suite("OpenAPI: path templates") struct PathPatternTests {
  @Test func `names stand for words`() {
    let template = PathPattern("/a/{x}/b/{y}")
    #expect(template.names == ["x", "y"])
    #expect(template.skeleton == "/a/{}/b/{}")
    #expect(template.captures(of: ["a", "1", "b", "2"]) == ["x": "1", "y": "2"])
    #expect(template.filled { $0 + $0 } == "/a/xx/b/yy")
  }

  @Test(arguments: [["a", "1"], ["a", "1", "c", "2"], ["a", "1", "b", "2", "3"], []])
  func `another path is another path`(words: [String]) {
    #expect(PathPattern("/a/{x}/b/{y}").captures(of: words[...]) == nil)
  }

  @Test func `a verb stands behind a name`() {
    #expect(PathPattern("/{v}/m/{x}:go").names == ["v", "x"])
    #expect(PathPattern("/{v}/m/{x}:go").filled { _ in "1" } == "/1/m/1:go")
  }
}
