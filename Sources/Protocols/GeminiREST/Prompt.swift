import Conversation
import JSON

/// What a client sent for the model to answer: GenerateContentRequest, checked and understood.
struct Prompt: Sendable {
  /// How many turns of the user the model has answered before; the client repeats them.
  let answeredTurns: Int
  /// What the user brought last.
  let turn: UserTurn
  let tokens: TokenCount
  let cachedTokens: Int
  let configuration: JSONObject

  var includesThoughts: Bool {
    configuration["thinkingConfig"]?["includeThoughts"]?.bool ?? false
  }

  var wantsAudio: Bool {
    configuration["responseModalities"]?.array?.contains("AUDIO") ?? false
  }

  /// Structured output: JSON, or one word of an enum.
  enum Form: Hashable, Sendable { case text, json(JSONValue?), word(JSONValue?) }

  var form: Form {
    let schema =
      configuration["responseSchema"] ?? configuration["responseJsonSchema"]
      ?? configuration["_responseJsonSchema"]
    return switch configuration["responseMimeType"]?.string {
    case "application/json": .json(schema)
    case "text/x.enum": .word(schema)
    default: .text
    }
  }

  init(_ body: JSONObject, shelf: Shelf, in call: inout Call) throws(Refusal) {
    let contents = (body["contents"]?.array ?? []).compactMap(\.object)
    guard !contents.isEmpty else {
      throw .badField("contents", of: "GenerateContentRequest", "contents is not specified")
    }
    configuration = body["generationConfig"]?.object ?? [:]
    try Self.checkRoles(contents)
    try Self.checkResults(contents)
    var tokens = TokenCount(
      text: TokenCount.text(Self.text(body["systemInstruction"]?.object ?? [:])))
    for content in contents {
      tokens += try shelf.tokens(of: content, in: &call)
    }
    if let tools = body["tools"] { tokens.text += TokenCount.text(tools.description) }
    var cachedTokens = 0
    if let name = body["cachedContent"]?.string, !name.isEmpty {
      cachedTokens = try shelf.usableCachedContent(name, call).tokens
    }
    tokens.text += cachedTokens
    self.tokens = tokens
    self.cachedTokens = cachedTokens
    let turns = Self.turns(contents)
    answeredTurns = max(0, turns.count - 1)
    turn = Self.turn(turns.last ?? [])
  }

  /// PredictRequest: the prompt of its one instance.
  init(prediction body: JSONObject) throws(Refusal) {
    guard let instances = body["instances"]?.array, instances.count == 1 else {
      throw .badField("instances", of: "PredictRequest", "must hold exactly one instance")
    }
    let text = instances[0]["prompt"]?.string
    answeredTurns = 0
    turn = UserTurn(text: text)
    tokens = TokenCount(text: TokenCount.text(text ?? ""))
    cachedTokens = 0
    configuration = [:]
  }

  /// Content, "role": it must be 'user' or 'model', and may be left out. Old clients answer calls
  /// as 'function'.
  private static func checkRoles(_ contents: [JSONObject]) throws(Refusal) {
    for content in contents {
      guard let role = content["role"]?.string, !role.isEmpty else { continue }
      if !["user", "model", "function", "tool"].contains(role) {
        throw Refusal(
          .invalidArgument, "Please use a valid role: user, model.",
          explanation: "'\(role)' is no role; say 'user' or 'model'")
      }
    }
  }

  /// Function calling, "Parallel function calling": all calls of a turn are answered in the next.
  private static func checkResults(_ contents: [JSONObject]) throws(Refusal) {
    for (content, next) in zip(contents, contents.dropFirst()) {
      let calls = parts(content).count { $0["functionCall"] != nil }
      let results = parts(next).count { $0["functionResponse"] != nil }
      if calls > 0, results != calls, !isModel(next) {
        throw Refusal(
          .invalidArgument,
          "Please ensure that the number of function response parts is equal to the number of "
            + "function call parts of the function call turn.",
          explanation: "\(calls) functions were called, and \(results) answered")
      }
    }
  }

  /// The contents of the user, one group for each time the model was asked to answer.
  private static func turns(_ contents: [JSONObject]) -> [[JSONObject]] {
    var turns: [[JSONObject]] = []
    var isOpen = false
    for content in contents {
      if isModel(content) {
        isOpen = false
      } else if isOpen {
        turns[turns.count - 1].append(content)
      } else {
        turns.append([content])
        isOpen = true
      }
    }
    return turns
  }

  private static func turn(_ contents: [JSONObject]) -> UserTurn {
    let text = contents.map(text).filter { !$0.isEmpty }.joined(separator: "\n")
    let results = contents.flatMap(parts).compactMap { part -> ToolResult? in
      guard let response = part["functionResponse"]?.object else { return nil }
      let name = response["name"]?.string
      return ToolResult(
        id: response["id"]?.string ?? name ?? "", name: name,
        output: response["response"] ?? .object([:]))
    }
    let speech = contents.flatMap(parts).reduce(Duration.zero) { sum, part in
      let blob = part["inlineData"]
      let type = blob?["mimeType"]?.string ?? ""
      let sound = SoundLength.duration(ofBase64: blob?["data"]?.string ?? "", mimeType: type)
      return sum + (sound ?? .zero)
    }
    return UserTurn(text: text.isEmpty ? nil : text, speech: speech, results: results)
  }

  private static func isModel(_ content: JSONObject) -> Bool {
    content["role"]?.string == "model"
  }

  private static func parts(_ content: JSONObject) -> [JSONObject] {
    (content["parts"]?.array ?? []).compactMap(\.object)
  }

  private static func text(_ content: JSONObject) -> String {
    parts(content).compactMap { $0["text"]?.string }.joined()
  }
}

extension Shelf {
  /// What a content is worth; files in it must be there and ready.
  func tokens(of content: JSONObject, in call: inout Call) throws(Refusal) -> TokenCount {
    var tokens = TokenCount()
    for part in (content["parts"]?.array ?? []).compactMap(\.object) {
      if let text = part["text"]?.string {
        tokens.text += TokenCount.text(text)
      } else if let blob = part["inlineData"]?.object {
        let type = blob["mimeType"]?.string ?? ""
        guard !type.isEmpty else {
          throw .badField(
            "contents.parts.inline_data.mime_type", of: "GenerateContentRequest", "is required")
        }
        let data = blob["data"]?.string ?? ""
        if let sound = SoundLength.duration(ofBase64: data, mimeType: type) {
          tokens.audio += TokenCount.audio(sound)
        } else {
          tokens += TokenCount(media: type, bytes: data.utf8.count / 4 * 3)
        }
      } else if let reference = part["fileData"]?.object {
        tokens += try self.tokens(ofFile: reference, in: &call)
      } else {
        tokens.text += TokenCount.text(JSONValue.object(part).description)
      }
    }
    return tokens
  }

  /// FileData, "file_uri": a file of this service, or another address, such as a video elsewhere.
  private func tokens(ofFile reference: JSONObject, in call: inout Call) throws(Refusal)
    -> TokenCount
  {
    guard let name = FileDirectory.name(inURI: reference["fileUri"]?.string ?? "") else {
      return TokenCount(media: reference["mimeType"]?.string ?? "", bytes: 0)
    }
    do throws(Refusal) {
      let file = try usableFile(name, call)
      return TokenCount(media: file.mimeType, bytes: file.sizeBytes)
    } catch {
      if call.options.settings.isStrict { throw error }
      call.note("accepted, where the service refuses it: \(error.explanation)")
      return TokenCount(media: reference["mimeType"]?.string ?? "", bytes: 0)
    }
  }
}
