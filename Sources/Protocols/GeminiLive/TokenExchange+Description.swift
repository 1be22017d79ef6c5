import OpenAPI

/// What the exchange answers, out of the table of its message.
extension TokenExchange {
  static let versions = ["v1alpha", "v1beta", "v1"]

  static let description = ServiceDescription(
    name: "gemini-auth-tokens", "Ephemeral tokens, which Gemini Live takes in place of a key.",
    credentials: [.header("x-goog-api-key"), .query("key"), .bearer],
    operations: [
      OperationDescription(
        "POST", "/{version}/auth_tokens", "A token.",
        parameters: [
          ParameterDescription(
            "version", in: .path, .word(versions), "All versions serve the same.",
            example: versions[0])
        ], body: BodyDescription(.json(.named("AuthToken")), isRequired: false),
        answers: [
          AnswerDescription(
            200, "The token's name, which is its value too.",
            .json(.closed([DataShape.Member("name", .text, isRequired: true)])))
        ]
          + [
            (400, "What is wrong with it."), (403, "No key."), (404, "No such version."),
          ].map {
            AnswerDescription($0.0, $0.1, .json(.named("Error")))
          })
    ],
    definitions: messages.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) } + [
      .googleError
    ])

  /// AuthToken, and every message that it may hold.
  private static let messages: [String: DataShape] = {
    var found: [String: DataShape] = [:]
    var left = ["AuthToken"]
    while let name = left.popLast() {
      if found[name] != nil { continue }
      let fields = MessageSchema.shared.fields(of: name)
      found[name] = .closed(fields.map { DataShape.Member($0.name, shape(of: $0.kind, &left)) })
    }
    return found
  }()

  private static func shape(of kind: MessageSchema.Kind, _ messages: inout [String]) -> DataShape {
    switch kind {
    case .anything: return .anything
    case .string: return .text
    case .bytes: return .base64
    case .boolean: return .flag
    case .int32: return .integer(Int(Int32.min)...Int(Int32.max))
    case .int64: return .either([.matching("^-?[0-9]{1,18}$"), .anyInteger])
    case .number: return .number(nil)
    case .oneOf(let words): return .word(words)
    case .repeated(let kind): return .list(shape(of: kind, &messages))
    case .message(let name):
      messages.append(name)
      return .named(name)
    }
  }
}
