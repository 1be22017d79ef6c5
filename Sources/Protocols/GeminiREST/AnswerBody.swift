import Conversation
import JSON
import VirtualTime
import Wire

/// The answer to a prompt on the wire: one message, or a stream of them.
///
/// A stream begins with its first chunk, so that what fails before still has a status of its own.
struct AnswerBody: Sendable {
  /// How the messages are put.
  enum Form: Hashable, Sendable {
    /// `generateContent`: everything in one.
    case whole
    /// `streamGenerateContent?alt=sse`: events, with no word for the end.
    case eventStream
    /// `streamGenerateContent`: one JSON array, which ends exactly at its bracket.
    case array
    /// `generateAnswer`: everything in one, as `answer`.
    case groundedAnswer
    /// `predict`: pictures in one message.
    case predictions
  }

  private let form: Form
  private let request: Request
  private let style: AnswerStyle
  private let opened: Instant
  private let modelVersion: String
  private let responseID: String
  private let hasSafetyRatings: Bool
  private let promptTokens: TokenCount
  private let cachedTokens: Int

  private(set) var candidateTokens = TokenCount()
  private var thoughtTokens = 0
  /// Parts that are not sent yet: all of them for one message, those of one chunk for a stream.
  private var parts: [JSONValue] = []
  /// What a scenario wants to go out in place of a message.
  private var replacement: Payload?
  private var messageCount = 0

  init(_ form: Form, prompt: Prompt, call: inout Call, opened: Instant) {
    self.form = form
    request = call.request
    style = AnswerStyle(call.request)
    self.opened = opened
    modelVersion = ModelCatalogue.id(call.route.name())
    responseID = call.dice.characters(22, of: .alphanumeric)
    hasSafetyRatings = call.options.hasSafetyRatings
    promptTokens = prompt.tokens
    cachedTokens = prompt.cachedTokens
  }

  private var isStream: Bool {
    switch form {
    case .eventStream, .array: true
    case .whole, .groundedAnswer, .predictions: false
    }
  }

  // MARK: - What comes

  mutating func add(_ piece: Piece) -> [Output] {
    let outputs = isStream ? release() : []
    candidateTokens += piece.tokens
    thoughtTokens += piece.thoughtTokens
    for part in piece.parts { append(part) }
    return outputs
  }

  /// Sends the chunk that is held back.
  mutating func release() -> [Output] {
    guard isStream, !parts.isEmpty else { return [] }
    return send(message(finishReason: nil))
  }

  /// Exactly this message.
  mutating func raw(_ message: Message) -> [Output] {
    guard isStream else {
      replacement = message.payload
      return []
    }
    let outputs = release()
    switch message.content {
    case .json(let json): return outputs + send(json)
    case .bytes(let bytes): return outputs + write(Payload(bytes))
    }
  }

  mutating func finish(reason: String, at now: Instant) -> [Output] {
    guard isStream else { return [.respond(whole(message(finishReason: reason), at: now))] }
    return send(message(finishReason: reason)) + close()
  }

  /// Ends without a word.
  mutating func finish(at now: Instant) -> [Output] {
    guard isStream else { return [.respond(whole(message(finishReason: nil), at: now))] }
    return release() + close()
  }

  mutating func block(reason: String, at now: Instant) -> [Output] {
    var feedback: JSONObject = ["blockReason": .string(reason)]
    if hasSafetyRatings { feedback["safetyRatings"] = Self.safetyRatings }
    var message: JSONObject = ["promptFeedback": .object(feedback)]
    addFacts(to: &message)
    guard isStream else { return [.respond(whole(.object(message), at: now))] }
    return send(.object(message)) + close()
  }

  /// Before the first chunk the status tells; after it the bare google.rpc body comes, which is no
  /// event (observed).
  mutating func fail(_ failure: ServiceFailure, at now: Instant) -> [Output] {
    let refusal = Refusal(failure)
    let outputs = release()
    guard messageCount > 0 else {
      let response = refusal.response(
        to: request, style, retryAfter: failure.retryAfter, at: now, since: opened)
      return [.respond(response)]
    }
    let text = refusal.body.encoded(as: .pretty)
    switch form {
    case .array: return outputs + write(Payload(separator + text)) + close()
    case .eventStream, .whole, .groundedAnswer, .predictions:
      return outputs + write(Payload(text + [UInt8(ascii: "\n")])) + close()
    }
  }

  // MARK: - Messages

  /// One message carries the text of a turn as one part.
  private mutating func append(_ part: JSONValue) {
    if let last = parts.last, let merged = Self.merged(last, part) {
      parts[parts.count - 1] = merged
    } else {
      parts.append(part)
    }
  }

  private static func merged(_ first: JSONValue, _ second: JSONValue) -> JSONValue? {
    guard let start = first["text"]?.string, let rest = second["text"]?.string,
      first["thought"] == second["thought"], var object = first.object
    else { return nil }
    object["text"] = .string(start + rest)
    return .object(object)
  }

  private mutating func message(finishReason: String?) -> JSONValue {
    if form == .predictions { return predictions(finishReason: finishReason) }
    var content: JSONObject = [:]
    if !parts.isEmpty { content["parts"] = .array(parts) }
    content["role"] = "model"
    parts = []
    var candidate: JSONObject = ["content": .object(content)]
    if let finishReason { candidate["finishReason"] = .string(finishReason) }
    candidate["index"] = 0
    if hasSafetyRatings { candidate["safetyRatings"] = Self.safetyRatings }
    if form == .groundedAnswer { return ["answer": .object(candidate)] }
    var message: JSONObject = ["candidates": [.object(candidate)]]
    addFacts(to: &message)
    return .object(message)
  }

  /// Imagen, "PredictResponse": each picture is a prediction; what was filtered says why instead.
  private func predictions(finishReason: String?) -> JSONValue {
    var predictions = parts.compactMap { part -> JSONValue? in
      guard let picture = part["inlineData"] else { return nil }
      return [
        "mimeType": picture["mimeType"] ?? "image/png",
        "bytesBase64Encoded": picture["data"] ?? "",
      ]
    }
    if let finishReason, finishReason != "STOP" {
      predictions.append(["raiFilteredReason": .string(finishReason)])
    }
    return predictions.isEmpty ? [:] : ["predictions": .array(predictions)]
  }

  private func addFacts(to message: inout JSONObject) {
    message["usageMetadata"] = usage
    message["modelVersion"] = .string(modelVersion)
    message["responseId"] = .string(responseID)
  }

  /// UsageMetadata; what is zero is left out.
  private var usage: JSONValue {
    let total = promptTokens.total + candidateTokens.total + thoughtTokens
    var usage: JSONObject = [:]
    let counts = [
      ("promptTokenCount", promptTokens.total), ("cachedContentTokenCount", cachedTokens),
      ("candidatesTokenCount", candidateTokens.total), ("totalTokenCount", total),
    ]
    for (name, count) in counts where count > 0 { usage[name] = .int(count) }
    if promptTokens.total > 0 { usage["promptTokensDetails"] = promptTokens.details }
    if candidateTokens.total > candidateTokens.text {
      usage["candidatesTokensDetails"] = candidateTokens.details
    }
    if thoughtTokens > 0 { usage["thoughtsTokenCount"] = .int(thoughtTokens) }
    return .object(usage)
  }

  /// Safety settings: the categories that are rated.
  private static let safetyRatings: JSONValue = .array(
    ["SEXUALLY_EXPLICIT", "HATE_SPEECH", "HARASSMENT", "DANGEROUS_CONTENT"].map {
      ["category": .string("HARM_CATEGORY_\($0)"), "probability": "NEGLIGIBLE"]
    })

  // MARK: - Bytes

  private func whole(_ message: JSONValue, at now: Instant) -> Response {
    var response = Response.gemini(message, as: messageName, style, to: request)
    response.headers = headers("application/json; charset=UTF-8", at: now)
    if let replacement { response.body = replacement.bytes }
    return response
  }

  private var messageName: String {
    switch form {
    case .whole, .eventStream, .array: "GenerateContentResponse"
    case .groundedAnswer: "GenerateAnswerResponse"
    case .predictions: "PredictResponse"
    }
  }

  private func headers(_ contentType: String, at now: Instant) -> [Header] {
    AnswerStyle.headers(
      contentType: contentType, milliseconds: (now - opened).milliseconds, for: request)
  }

  /// What stands before a message of the array.
  private var separator: [UInt8] { Array((messageCount == 0 ? "[" : ",\r\n").utf8) }

  private mutating func send(_ message: JSONValue) -> [Output] {
    let message = style.written(message, as: messageName)
    switch form {
    case .array: return write(Payload(separator + message.encoded(as: style.layout)))
    case .eventStream, .whole, .groundedAnswer, .predictions:
      // Lines end in CR LF, and the JSON stands on one (recorded).
      return write(
        Payload(Array("data: ".utf8) + message.encoded(as: .line) + Array("\r\n\r\n".utf8)))
    }
  }

  private mutating func write(_ payload: Payload) -> [Output] {
    defer { messageCount += 1 }
    return (messageCount == 0 ? [.begin(head)] : []) + [.stream(payload)]
  }

  private mutating func close() -> [Output] {
    if form == .array {
      let text: [UInt8] = Array((messageCount == 0 ? "[]" : "]").utf8)
      return write(Payload(text)) + [.finish]
    }
    return (messageCount == 0 ? [.begin(head)] : []) + [.finish]
  }

  private var head: Response {
    let isArray = form == .array
    var headers = AnswerStyle.headers(
      contentType: isArray ? "application/json; charset=UTF-8" : "text/event-stream",
      milliseconds: 0, for: request)
    if !isArray { headers.append(Header("Content-Disposition", "attachment")) }
    return Response(status: 200, headers: headers)
  }
}
