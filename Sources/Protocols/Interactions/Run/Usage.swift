import JSON

/// What an interaction cost.
///
/// Tokens guide: about four characters of text, 258 for a picture or a page, 32 for a second of
/// audio. That is near enough for a mock.
struct Usage: Hashable, Sendable {
  /// Tokens of each modality, in the order they first came.
  private(set) var input: [ModalityTokens] = []
  private(set) var output: [ModalityTokens] = []
  private(set) var thought = 0
  private(set) var toolUse = 0
  /// How often each tool that grounds an answer was used.
  private(set) var grounding: [ModalityTokens] = []

  struct ModalityTokens: Hashable, Sendable {
    let name: String
    var tokens: Int
  }

  /// A thought whose text is kept back costs something too.
  private static let hiddenThoughtTokens = 5
  private static let pictureTokens = 258

  var totalInput: Int { input.reduce(0) { $0 + $1.tokens } }
  var totalOutput: Int { output.reduce(0) { $0 + $1.tokens } }

  /// What the model reads: history and input.
  mutating func read(_ steps: [JSONObject]) {
    for step in steps {
      for content in step["content"]?.array ?? [] { Self.add(content, to: &input) }
      if let result = step["result"] { Self.add(text: result.description, to: &input) }
      if let arguments = step["arguments"] { Self.add(text: arguments.description, to: &input) }
    }
  }

  /// History that an interaction before this one holds.
  mutating func inherit(tokens: Int) { Self.add(tokens, "text", to: &input) }

  /// What the model made.
  mutating func write(_ step: JSONObject, thinking text: String? = nil) {
    let type = step["type"]?.string ?? ""
    switch type {
    case "thought":
      thought += text.map(Self.tokens) ?? Self.hiddenThoughtTokens
    case "model_output":
      for content in step["content"]?.array ?? [] { Self.add(content, to: &output) }
    case "function_call":
      Self.add(text: (step["arguments"] ?? [:]).description, to: &output)
    default:
      toolUse += Self.tokens((step["arguments"] ?? step["result"] ?? "").description)
      let tool = String(type.dropLast("_call".count))
      if type.hasSuffix("_call"), ["google_search", "google_maps", "retrieval"].contains(tool) {
        Self.add(1, tool, to: &grounding)
      }
    }
  }

  /// Interactions API reference, "Usage". The total leaves the tools' tokens out, as all samples
  /// of the reference do.
  var json: JSONValue {
    var json: JSONObject = [
      "total_tokens": .int(totalInput + totalOutput + thought),
      "total_input_tokens": .int(totalInput), "input_tokens_by_modality": Self.json(input),
      "total_cached_tokens": 0, "total_output_tokens": .int(totalOutput),
      "output_tokens_by_modality": Self.json(output), "total_tool_use_tokens": .int(toolUse),
      "total_thought_tokens": .int(thought),
    ]
    if !grounding.isEmpty {
      json["grounding_tool_count"] = .array(
        grounding.map { ["type": .string($0.name), "count": .int($0.tokens)] })
    }
    return .object(json)
  }

  private static func json(_ list: [ModalityTokens]) -> JSONValue {
    .array(list.map { ["modality": .string($0.name), "tokens": .int($0.tokens)] })
  }

  /// Each scalar has one byte that continues none.
  static func tokens(_ text: String) -> Int { (text.utf8.count { $0 & 0xC0 != 0x80 } + 3) / 4 }

  private static func add(text: String, to list: inout [ModalityTokens]) {
    add(tokens(text), "text", to: &list)
  }

  private static func add(_ content: JSONValue, to list: inout [ModalityTokens]) {
    let type = content["type"]?.string ?? "text"
    switch type {
    case "text": add(text: content["text"]?.string ?? "", to: &list)
    case "audio":
      let rate = max(1, content["sample_rate"]?.integer ?? 16_000)
      let width = ["audio/mulaw", "audio/alaw"].contains(content["mime_type"]) ? 1 : 2
      add(max(1, 32 * base64Bytes(content["data"]) / (width * rate)), type, to: &list)
    default: add(pictureTokens, type, to: &list)
    }
  }

  private static func base64Bytes(_ data: JSONValue?) -> Int {
    switch data {
    case .shared(let text): text.bytes.count / 4 * 3
    case .string(let text): text.utf8.count / 4 * 3
    case nil, .null, .bool, .number, .array, .object: 0
    }
  }

  private static func add(_ tokens: Int, _ name: String, to list: inout [ModalityTokens]) {
    guard tokens > 0 else { return }
    if let place = list.firstIndex(where: { $0.name == name }) {
      list[place].tokens += tokens
    } else {
      list.append(ModalityTokens(name: name, tokens: tokens))
    }
  }
}
