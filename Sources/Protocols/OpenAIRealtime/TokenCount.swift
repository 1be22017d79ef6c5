import JSON

/// Tokens of text and of audio.
///
/// Realtime guide, "Managing costs": the user's audio costs a token per 100 ms, the model's a token
/// per 50 ms. Text is taken at four characters a token, which is near enough for a mock.
struct TokenCount: Hashable, Sendable {
  var text = 0
  var audio = 0

  var total: Int { text + audio }

  static func + (left: TokenCount, right: TokenCount) -> TokenCount {
    TokenCount(text: left.text + right.text, audio: left.audio + right.audio)
  }

  static func - (left: TokenCount, right: TokenCount) -> TokenCount {
    TokenCount(text: left.text - right.text, audio: left.audio - right.audio)
  }

  static func text(_ text: String) -> Int { text.isEmpty ? 0 : max(1, (text.count + 3) / 4) }

  static func userAudio(milliseconds: Int) -> Int { (milliseconds + 99) / 100 }

  static func modelAudio(milliseconds: Int) -> Int { (milliseconds + 49) / 50 }
}

/// What a response cost, as `response.done` reports it.
struct Usage: Hashable, Sendable {
  var input = TokenCount()
  var output = TokenCount()
  /// Tokens of thought, which nobody sees.
  var reasoning = 0

  var json: JSONValue {
    var details: JSONObject = [
      "text_tokens": .int(output.text), "audio_tokens": .int(output.audio),
    ]
    if reasoning > 0 { details["reasoning_tokens"] = .int(reasoning) }
    let written = output.total + reasoning
    return [
      "total_tokens": .int(input.total + written), "input_tokens": .int(input.total),
      "output_tokens": .int(written),
      "input_token_details": [
        "text_tokens": .int(input.text), "audio_tokens": .int(input.audio), "image_tokens": 0,
        "cached_tokens": 0,
        "cached_tokens_details": ["text_tokens": 0, "audio_tokens": 0, "image_tokens": 0],
      ],
      "output_token_details": .object(details),
    ]
  }
}
