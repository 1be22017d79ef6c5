import Audio
import Conversation
import JSON
import Wire

/// What the model brings at once: the parts of one chunk, and what they cost.
struct Piece: Hashable, Sendable {
  /// Empty for thoughts that the client does not see.
  let parts: [JSONValue]
  var tokens = TokenCount()
  var thoughtTokens = 0

  init(text: String, isThought: Bool = false) {
    var part: JSONObject = ["text": .string(text)]
    if isThought {
      part["thought"] = true
      thoughtTokens = TokenCount.text(text)
    } else {
      tokens.text = TokenCount.text(text)
    }
    parts = [.object(part)]
  }

  init(hiddenThought text: String) {
    parts = []
    thoughtTokens = TokenCount.text(text)
  }

  /// Function calling: all calls of a turn come in one chunk. An identifier is optional.
  init(calls: [ToolCall]) {
    parts = calls.map { call in
      var body: JSONObject = [:]
      if let id = call.id { body["id"] = .string(id) }
      body["name"] = .string(call.name)
      body["args"] = .object(call.arguments)
      return ["functionCall": .object(body)]
    }
    tokens.text = parts.reduce(0) { $0 + TokenCount.text($1.description) }
  }

  init(_ picture: Picture) {
    let data = SharedText(base64: picture.bytes[...])
    parts = [
      ["inlineData": ["mimeType": .string(picture.mimeType), "data": .shared(data)]]
    ]
    tokens = TokenCount(media: picture.mimeType, bytes: picture.bytes.count)
  }

  /// Speech generation: 24 kHz PCM.
  init(audio chunk: AudioChunk) {
    parts = [
      [
        "inlineData": [
          "mimeType": "audio/L16;codec=pcm;rate=24000", "data": .shared(chunk.base64),
        ]
      ]
    ]
    let (seconds, attoseconds) = chunk.duration.components
    // 25 tokens a second (Live API and speech generation, "Token counting").
    tokens.audio = Int(seconds) * 25 + Int(attoseconds / 40_000_000_000_000_000)
  }

  private init(part: JSONValue, tokens: Int) {
    parts = [part]
    self.tokens.text = tokens
  }

  /// Code execution: the code, and then what it printed.
  static func execution(_ execution: CodeExecution) -> [Piece] {
    var result: JSONObject = [
      "outcome": execution.isFailed ? "OUTCOME_FAILED" : "OUTCOME_OK"
    ]
    if !execution.output.isEmpty { result["output"] = .string(execution.output) }
    return [
      Piece(
        part: ["executableCode": ["language": "PYTHON", "code": .string(execution.code)]],
        tokens: TokenCount.text(execution.code)),
      Piece(
        part: ["codeExecutionResult": .object(result)], tokens: TokenCount.text(execution.output)),
    ]
  }

  /// More chunks than this would be for nobody; longer texts come in longer ones.
  private static let chunksMax = 1000

  /// A text as a stream brings it: a word first, then several at once. Joined they are the text.
  static func chunks(of text: String, isThought: Bool = false) -> [Piece] {
    let words = text.words
    let size = max(6, words.count / chunksMax)
    var chunks: [Piece] = []
    var start = 0
    while start < words.count {
      let end = min(words.count, start + (start == 0 ? 1 : size))
      chunks.append(Piece(text: words[start..<end].joined(), isThought: isThought))
      start = end
    }
    return chunks
  }
}

extension String {
  /// The words, each with the space behind it; joined they are the text.
  fileprivate var words: [String] {
    var words: [String] = []
    var word = ""
    for character in self {
      if !character.isWhitespace, word.last?.isWhitespace == true {
        words.append(word)
        word = ""
      }
      word.append(character)
    }
    return word.isEmpty ? words : words + [word]
  }
}
