import Documents
import JSON

/// Makes routes and their answers of a document.
extension ScenarioBuilder {
  func route(_ node: DocumentNode) -> Route? {
    guard let path = node["path"]?.scalar.flatMap(PathTemplate.init) else { return nil }
    var route = Route(path: path, location: node.location)
    route.method = node["method"]?.scalar
    route.headers = matchers(node["headers"])
    route.query = matchers(node["query"])
    route.body = node["body"].map(matcher)
    route.bytes = node["bytes"].map(matcher)
    route.state = node["state"].map(matcher)
    route.isWebSocketEcho = node["websocket"] != nil
    if let respond = node["respond"] {
      route.answers = respond.elements.isEmpty ? [answer(respond)] : respond.elements.map(answer)
    }
    route.isCycle = node["cycle"]?.scalar.flatMap(Values.flag) ?? false
    route.countedBy = node["count_by"].flatMap(template)
    route.stateBy = node["state_by"].flatMap(template)
    route.changes =
      templates(node["set"]).map { .set($0) } + templates(node["append"]).map { .append($0) }
    route.forgets = node["forget"]?.scalar.flatMap(Values.flag) ?? false
    return route
  }

  func answer(_ node: DocumentNode) -> RouteAnswer {
    guard node.members != nil else {
      return RouteAnswer(status: node.scalar.flatMap { Int($0) } ?? 200)
    }
    return RouteAnswer(
      status: node["status"]?.scalar.flatMap { Int($0) } ?? 200,
      headers: templates(node["headers"]), body: body(node),
      after: node["after"]?.scalar.flatMap(Values.duration) ?? .zero)
  }

  private func body(_ node: DocumentNode) -> RouteAnswer.Body {
    if let json = node["json"].flatMap(template) { return .json(json) }
    if let text = node["text"].flatMap(text) { return .text(text) }
    if let file = node["file"].flatMap(file) { return .file(file) }
    if let bytes = node["base64"].flatMap(text) { return .base64(bytes) }
    if let events = node["events"] { return .events(events.elements.map(event)) }
    return .none
  }

  private func event(_ node: DocumentNode) -> RouteEvent {
    RouteEvent(
      name: node["event"].flatMap(text), id: node["id"].flatMap(text),
      data: node["data"].flatMap(template) ?? .literal(""),
      after: node["after"]?.scalar.flatMap(Values.duration) ?? .zero)
  }
}
