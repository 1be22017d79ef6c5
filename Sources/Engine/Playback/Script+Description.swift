package import Conversation
package import JSON
import OpenAPI
import Scenarios

/// What the routes of a scenario answer.
extension Script {
  var routesDescription: ServiceDescription {
    ServiceDescription(
      name: "routes", "The routes of the scenario '\(scenario.name)'.",
      operations: scenario.routes.filter { !$0.isWebSocketEcho }.flatMap(Self.operations))
  }

  /// The methods of a route that takes any; OpenAPI has no word for that.
  private static let methods = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
  ]

  private static func operations(of route: Route) -> [OperationDescription] {
    let path = path(of: route)
    let parameters =
      PathPattern(path).names.map { name in
        name == rest
          ? ParameterDescription(name, in: .path, .text, "Any words, with slashes too.")
          : ParameterDescription(name, in: .path, .matching("^[A-Za-z0-9._-]+$"))
      }
      + route.headers.map { ParameterDescription($0.name, in: .header, .text) }
      + route.query.map { ParameterDescription($0.name, in: .query, .text) }
    return (route.method.map { [$0] } ?? methods).map { method in
      OperationDescription(
        method, path, "The route at \(route.location).", parameters: parameters,
        body: body(of: route, method), answers: answers(of: route))
    }
  }

  /// What `*` is called.
  private static let rest = "rest-of-path"

  private static func path(of route: Route) -> String {
    let text = route.path.description
    return text.hasSuffix("*") ? "\(text.dropLast()){\(rest)}" : text
  }

  /// Nil for methods that have none.
  private static func body(of route: Route, _ method: String) -> BodyDescription? {
    if route.bytes != nil {
      return BodyDescription(ContentDescription("application/octet-stream", nil))
    }
    if route.body != nil { return BodyDescription(.json(.anything)) }
    return ["POST", "PUT", "PATCH"].contains(method)
      ? BodyDescription(.json(.anything), isRequired: false) : nil
  }

  /// One of each status, in the order they come first.
  private static func answers(of route: Route) -> [AnswerDescription] {
    var statuses: [Int] = []
    var contents: [Int: [ContentDescription]] = [:]
    for answer in route.answers {
      if !statuses.contains(answer.status) { statuses.append(answer.status) }
      guard let content = content(of: answer) else { continue }
      if contents[answer.status]?.contains(content) == true { continue }
      contents[answer.status, default: []].append(content)
    }
    let answers = statuses.map {
      AnswerDescription($0, "An answer of the scenario.", contents[$0] ?? [])
    }
    if !route.isChoosy { return answers }
    return answers + [AnswerDescription(nil, "The request does not match.", .json(.anything))]
  }

  private static func content(of answer: RouteAnswer) -> ContentDescription? {
    // Of what type it is then, the scenario's template says.
    if answer.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      return ContentDescription("*/*", nil)
    }
    switch answer.body {
    case .none: return nil
    case .json: return .json(.anything)
    case .text: return ContentDescription("text/plain", .text)
    case .file(let file): return ContentDescription(file.mimeType ?? "*/*", nil)
    case .base64: return ContentDescription("*/*", nil)
    case .events: return .events
    }
  }
}

/// The whole of what is served over HTTP, as OpenAPI writes it.
package enum Description {
  /// Without a script there are no routes of a user's own.
  package static func json(of protocols: [WireProtocol], _ script: Script?) -> JSONValue {
    let routes = script.map { [$0.routesDescription] } ?? []
    return OpenAPIDocument.json(
      title: script.map { "mockgem: \($0.scenario.name)" } ?? "mockgem",
      description: "What mockgem answers over HTTP. The protocols stand under any prefix as well, "
        + "and answer the OPTIONS that browsers ask first. WebSockets are beyond OpenAPI. Where a "
        + "scenario orders faults or refuses connections, any status may come.",
      services: routes + protocols.compactMap { $0.description?() } + [ControlRule.service])
  }
}
