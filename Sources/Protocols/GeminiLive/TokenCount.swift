import JSON
import VirtualTime

/// Tokens by modality, and the arithmetic of `usageMetadata`.
struct TokenCount: Hashable, Sendable {
  var text = 0
  var audio = 0

  var total: Int { text + audio }

  static func + (left: TokenCount, right: TokenCount) -> TokenCount {
    TokenCount(text: left.text + right.text, audio: left.audio + right.audio)
  }

  /// Four characters a token are near enough for a mock.
  static func text(_ text: String) -> Int { text.isEmpty ? 0 : max(1, (text.count + 3) / 4) }

  /// 25 tokens a second (Live API, "Token counting").
  static func audio(_ duration: Duration) -> Int { (duration.milliseconds * 25 + 999) / 1000 }

  /// `usageMetadata` of a turn; what is zero is left out, as ProtoJSON does.
  static func usage(prompt: TokenCount, response: TokenCount) -> JSONValue {
    var usage: JSONObject = [:]
    if prompt.total > 0 { usage["promptTokenCount"] = .int(prompt.total) }
    if response.total > 0 { usage["responseTokenCount"] = .int(response.total) }
    let total = prompt.total + response.total
    if total > 0 { usage["totalTokenCount"] = .int(total) }
    if prompt.total > 0 { usage["promptTokensDetails"] = prompt.details }
    if response.total > 0 { usage["responseTokensDetails"] = response.details }
    return .object(usage)
  }

  private var details: JSONValue {
    .array(
      [("TEXT", text), ("AUDIO", audio)].filter { $0.1 > 0 }.map {
        ["modality": .string($0.0), "tokenCount": .int($0.1)]
      })
  }
}
