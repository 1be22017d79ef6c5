import JSON

/// Where the parts of a scenario use `${…}`.
extension Step {
  var expressions: [Expression] {
    switch action {
    case .await(let waiting):
      var found =
        waiting.captures.flatMap(\.value.expressions) + (waiting.expect?.expressions ?? [])
      if case .text(let heard) = waiting.heard { found += heard.expressions }
      return found
    case .say(let saying): return saying.text?.expressions ?? []
    case .think(let text), .log(let text): return text.expressions
    case .call(let calls):
      return calls.flatMap { call in
        call.arguments.flatMap(\.value.expressions) + (call.id?.expressions ?? [])
      }
    case .cancelCalls(let ids): return ids.flatMap(\.expressions)
    case .execute(let code, let output, _): return code.expressions + output.expressions
    case .send(.json(let json)): return json.expressions
    case .set(let members): return members.flatMap(\.value.expressions)
    case .wait, .show, .interrupt, .fail, .goAway, .send, .endTurn, .close, .repeat, .run, .choose:
      return []
    }
  }

  /// Whether time or the client must do something before it is over.
  var waits: Bool {
    switch action {
    case .await, .wait: true
    case .say, .think, .call, .cancelCalls, .execute, .show, .interrupt, .fail, .goAway, .send,
      .endTurn, .close, .repeat, .run, .choose, .set, .log:
      false
    }
  }
}

extension Condition {
  var expressions: [Expression] {
    [user, toolResult, turn, connection].flatMap { $0?.expressions ?? [] }
  }
}

extension Route {
  var expressions: [Expression] {
    let matchers = (headers + query).map(\.matcher) + [body, bytes, state].compactMap(\.self)
    let templates = [countedBy, stateBy].compactMap(\.self) + changes.map(\.value)
    return matchers.flatMap(\.expressions) + templates.flatMap(\.expressions)
      + answers.flatMap(\.expressions)
  }
}

extension RouteChange {
  fileprivate var value: Template {
    switch self {
    case .set(let member), .append(let member): member.value
    }
  }
}

extension RouteAnswer {
  var expressions: [Expression] {
    let body =
      switch body {
      case .json(let template), .text(let template), .base64(let template): template.expressions
      case .events(let events):
        events.flatMap { event in
          [event.name, event.id, event.data].flatMap { $0?.expressions ?? [] }
        }
      case .none, .file: [Expression]()
      }
    return headers.flatMap(\.value.expressions) + body
  }
}
