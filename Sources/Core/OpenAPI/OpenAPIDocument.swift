package import JSON

/// Services as OpenAPI 3.1 writes them.
///
/// Operations of several services that have one path stand together. Paths that differ in the names
/// of their parameters only are one path, and keep the names of the first.
package struct OpenAPIDocument {
  private var paths: [(template: PathPattern, item: JSONObject)] = []
  private var places: [String: Int] = [:]
  private var schemas = JSONObject()
  private var schemes = JSONObject()
  private var operationIDs: Set<String> = []

  package static func json(
    title: String, description: String, services: [ServiceDescription]
  ) -> JSONValue {
    var document = OpenAPIDocument()
    for service in services { document.add(service) }
    let named = services.filter { !$0.operations.isEmpty }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": .string(title), "version": "1", "description": .string(description),
        "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/"]],
      "tags": .array(
        named.map { ["name": .string($0.name), "description": .string($0.summary)] }),
      "paths": .object(
        JSONObject(
          document.paths.map { JSONMember(name: $0.template.text, value: .object($0.item)) })),
      "components": [
        "schemas": .object(document.schemas), "securitySchemes": .object(document.schemes),
      ],
    ]
  }

  private static let definitions = "#/components/schemas/"

  private mutating func add(_ service: ServiceDescription) {
    let place = "\(Self.definitions)\(service.name)."
    for definition in service.definitions {
      schemas["\(service.name).\(definition.name)"] = definition.shape.schema(definedAt: place)
    }
    let security = service.credentials.map { credential -> JSONValue in
      let (name, scheme) = Self.scheme(credential)
      schemes[name] = scheme
      return .object([name: []])
    }
    for operation in service.operations {
      add(operation, of: service, definedAt: place, security: security)
    }
  }

  private static func scheme(_ credential: ServiceDescription.CredentialPlace)
    -> (name: String, scheme: JSONValue)
  {
    switch credential {
    case .header(let name): (name, ["type": "apiKey", "in": "header", "name": .string(name)])
    case .query(let name):
      ("query-\(name)", ["type": "apiKey", "in": "query", "name": .string(name)])
    case .bearer: ("bearer", ["type": "http", "scheme": "bearer"])
    }
  }

  private mutating func add(
    _ operation: OperationDescription, of service: ServiceDescription, definedAt place: String,
    security: [JSONValue]
  ) {
    let skeleton = operation.path.skeleton
    let index = places[skeleton] ?? paths.count
    if index == paths.count {
      places[skeleton] = index
      paths.append((operation.path, [:]))
    }
    let method = operation.method.lowercased()
    // Two routes of a scenario may share method and path, and differ in what they match.
    if paths[index].item[method] != nil { return }
    let names = Dictionary(
      zip(operation.path.names, paths[index].template.names),
      uniquingKeysWith: { first, _ in first })
    var json: JSONObject = [
      "operationId": .string(identifier(operation)), "summary": .string(operation.summary),
      "tags": [.string(service.name)],
    ]
    if !security.isEmpty { json["security"] = .array(security) }
    if !operation.parameters.isEmpty {
      json["parameters"] = .array(
        operation.parameters.map { Self.parameter($0, names: names, place) })
    }
    if let body = operation.body {
      json["requestBody"] = [
        "required": .bool(body.isRequired), "content": Self.contents(body.contents, place),
      ]
    }
    var answers = JSONObject()
    for answer in operation.answers {
      var json: JSONObject = ["description": .string(answer.summary)]
      if !answer.contents.isEmpty { json["content"] = Self.contents(answer.contents, place) }
      answers[answer.status.map(String.init) ?? "default"] = .object(json)
    }
    json["responses"] = .object(answers)
    paths[index].item[method] = .object(json)
  }

  /// The words of method and path, joined; a number tells twins apart.
  private mutating func identifier(_ operation: OperationDescription) -> String {
    let words = operation.path.text.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    let stem = words.reduce(operation.method.lowercased()) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
    var identifier = stem
    var number = 1
    while !operationIDs.insert(identifier).inserted {
      number += 1
      identifier = "\(stem)\(number)"
    }
    return identifier
  }

  private static func parameter(
    _ parameter: ParameterDescription, names: [String: String], _ place: String
  ) -> JSONValue {
    let name = parameter.place == .path ? names[parameter.name] : nil
    var json: JSONObject = [
      "name": .string(name ?? parameter.name), "in": .string(parameter.place.rawValue),
      "required": .bool(parameter.isRequired), "schema": parameter.shape.schema(definedAt: place),
    ]
    if !parameter.summary.isEmpty { json["description"] = .string(parameter.summary) }
    if let example = parameter.example { json["example"] = .string(example) }
    return .object(json)
  }

  private static func contents(_ contents: [ContentDescription], _ place: String) -> JSONValue {
    .object(
      JSONObject(
        contents.map { content in
          JSONMember(
            name: content.mediaType,
            value: content.shape.map { ["schema": $0.schema(definedAt: place)] } ?? [:])
        }))
  }
}
