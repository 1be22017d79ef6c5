import Conversation
import JSON

/// What the user brought with a request, in neutral words.
struct UserTurns {
  /// What the model is to answer.
  let last: UserTurn
  /// How many turns came before it in the same request, as history.
  let earlierCount: Int

  /// `names` tells the function of a call whose result does not repeat it.
  init(_ steps: [JSONObject], names: [String: String]) {
    var groups: [[JSONObject]] = []
    var isUsers = false
    for step in steps {
      let wasUsers = isUsers
      isUsers = Self.isUsers(step)
      guard isUsers else { continue }
      if !wasUsers { groups.append([]) }
      groups[groups.count - 1].append(step)
    }
    // A history that ends with the model's words asks to go on, and brings nothing new.
    let last = isUsers ? groups.removeLast() : []
    earlierCount = groups.count
    self.last = Self.turn(last, names: names)
  }

  private static func isUsers(_ step: JSONObject) -> Bool {
    let type = step["type"]?.string
    return type == "user_input" || type == "function_result"
  }

  private static func turn(_ steps: [JSONObject], names: [String: String]) -> UserTurn {
    var texts: [String] = []
    var speech = Duration.zero
    var results: [ToolResult] = []
    for step in steps {
      if step["type"]?.string == "function_result" {
        let id = step["call_id"]?.string ?? ""
        results.append(
          ToolResult(
            id: id, name: step["name"]?.string ?? names[id], output: output(step["result"])))
        continue
      }
      for content in step["content"]?.array ?? [] {
        switch content["type"]?.string {
        case "text": texts.append(content["text"]?.string ?? "")
        case "audio": speech += Self.duration(of: content)
        default: break
        }
      }
    }
    return UserTurn(
      text: texts.isEmpty ? nil : texts.joined(separator: "\n"), speech: speech, results: results)
  }

  /// Function calling guide, "Results": an object, a text that often is JSON, or contents.
  private static func output(_ result: JSONValue?) -> JSONValue {
    guard let result else { return .null }
    if let text = result.string { return (try? JSONValue(parsing: text)) ?? .string(text) }
    if let contents = result.array, contents.count == 1, contents[0]["type"]?.string == "text",
      let text = contents[0]["text"]?.string
    {
      return (try? JSONValue(parsing: text)) ?? .string(text)
    }
    return result
  }

  /// How long inline audio plays if it holds 16-bit samples of one channel; compressed audio plays
  /// longer, which no mock needs to know.
  private static func duration(of content: JSONValue) -> Duration {
    guard let data = content["data"]?.string else { return .zero }
    let rate = max(1, content["sample_rate"]?.integer ?? 16_000)
    let bytes = data.utf8.count / 4 * 3
    return .nanoseconds(Int64(bytes) * 1_000_000_000 / Int64(2 * rate))
  }
}
