import JSON
import VirtualTime

/// Tokens by modality, and the arithmetic of `usageMetadata`.
struct TokenCount: Hashable, Sendable {
  var text = 0
  var audio = 0
  var image = 0
  var video = 0

  var total: Int { text + audio + image + video }

  static func + (left: TokenCount, right: TokenCount) -> TokenCount {
    TokenCount(
      text: left.text + right.text, audio: left.audio + right.audio,
      image: left.image + right.image, video: left.video + right.video)
  }

  /// Four characters a token are near enough for a mock.
  static func text(characters: Int) -> Int { (characters + 3) / 4 }

  static func text(_ text: String) -> Int { self.text(characters: text.count) }

  /// 25 tokens a second (Live API, "Token counting").
  static func audio(_ duration: Duration) -> Int { (duration.milliseconds * 25 + 999) / 1000 }

  /// A picture, or a frame of video (Gemini API, "Understand and count tokens").
  static let perFrame = 258

  /// Each modality's share of `total` tokens.
  func scaled(to total: Int) -> TokenCount {
    guard self.total > 0 else { return self }
    var scaled = TokenCount(
      audio: audio * total / self.total, image: image * total / self.total,
      video: video * total / self.total)
    scaled.text = max(0, total - scaled.total)
    return scaled
  }

  var details: JSONValue {
    .array(
      [("TEXT", text), ("AUDIO", audio), ("IMAGE", image), ("VIDEO", video)]
        .filter { $0.1 > 0 }.map {
          ["modality": .string($0.0), "tokenCount": .int($0.1)]
        })
  }
}

/// What a turn cost.
struct Usage: Hashable, Sendable {
  var prompt = TokenCount()
  var response = TokenCount()
  /// Code that the service ran, and what it printed.
  var toolUse = 0
  var thoughts = 0

  /// `usageMetadata`; what is zero is left out, as ProtoJSON does. Recorded: thoughts are no part
  /// of the total. Vertex calls the response `candidates`.
  func metadata(for service: Endpoint.Service) -> JSONValue {
    let name =
      switch service {
      case .gemini: "response"
      case .vertex: "candidates"
      }
    var usage: JSONObject = [:]
    func put(_ name: String, _ count: Int) { if count > 0 { usage[name] = .int(count) } }
    put("promptTokenCount", prompt.total)
    put("\(name)TokenCount", response.total)
    put("toolUsePromptTokenCount", toolUse)
    put("totalTokenCount", prompt.total + response.total + toolUse)
    if prompt.total > 0 { usage["promptTokensDetails"] = prompt.details }
    if response.total > 0 { usage["\(name)TokensDetails"] = response.details }
    if toolUse > 0 { usage["toolUsePromptTokensDetails"] = TokenCount(text: toolUse).details }
    put("thoughtsTokenCount", thoughts)
    return .object(usage)
  }
}
