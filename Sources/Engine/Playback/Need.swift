import Conversation
import JSON
import Scenarios
import VirtualTime

extension Stage {
  /// What a script waits for, beside the session's own time.
  enum Need: Hashable {
    case client(ClientNeed)
    /// The client to end the connection.
    case close
    case reconnect
    case time(Instant)
    /// The model to get done.
    case model
  }
}

extension Cursor {
  /// Nil when the script is over and every rule was taken.
  var need: Stage.Need? {
    switch state {
    case .waitingForReady, .performing: return .model
    case .pausing: return deadline.map { .time($0) }
    case .over: return ruleNeed
    case .waiting(let awaiting, _):
      // What happens otherwise is what such a script is about.
      if awaiting.otherwise != nil, let deadline { return .time(deadline) }
      let example = awaiting.expect?.example
      switch awaiting.what {
      case .user:
        return .client(
          .turn(
            text: example?["text"]?.string ?? example?.string ?? "Hello.",
            isSpoken: awaiting.heard != nil))
      case .toolResult: return .client(.toolResults(output: example?["output"] ?? ["ok": true]))
      case .interruption: return .client(.interruption)
      case .message(let kind): return .client(.message(kind))
      case .close: return .close
      case .reconnect: return .reconnect
      case .setup: return .model
      }
    }
  }

  /// A turn for the first rule that was never taken, and one that fits none.
  private var ruleNeed: Stage.Need? {
    let scenario = script.scenario
    if let rule = scenario.rules.first(where: { taken[$0.location] == nil }) {
      let text = rule.condition?.user?.example?.string ?? "Hello."
      // A rule that this turn does not reach is left out, or the client would ask for ever.
      if turnCount < 2 * scenario.rules.count { return .client(.turn(text: text, isSpoken: false)) }
      return nil
    }
    let turns = scenario.rules.count + (scenario.otherwise == nil ? 0 : 1)
    return !scenario.rules.isEmpty && turnCount < turns
      ? .client(.turn(text: "Something else.", isSpoken: false)) : nil
  }
}

extension Matcher {
  /// A value that fits, where one is easily found.
  var example: JSONValue? {
    switch self {
    case .equals(.literal(let value)): return value
    case .contains(let matcher): return matcher.example
    case .oneOf(let matchers), .all(let matchers): return matchers.lazy.compactMap(\.example).first
    case .between(let low, let high): return (low ?? high).map { .double($0) }
    case .near(let wanted, _): return .double(wanted)
    case .object(let members):
      return .object(
        JSONObject(
          members.compactMap { member in
            member.matcher.example.map { JSONMember(name: member.name, value: $0) }
          }))
    case .matches(let pattern):
      // The letters of the pattern, if they happen to fit it.
      let plain = pattern.replacing("(?i)", with: "").split(separator: "|").first ?? ""
      let text = String(plain.filter { $0.isLetter || $0.isNumber || " .,!?".contains($0) })
      return mismatch(.string(text), in: [:]) == nil ? .string(text) : nil
    case .equals, .any, .absent, .not, .audio, .list: return nil
    }
  }
}
