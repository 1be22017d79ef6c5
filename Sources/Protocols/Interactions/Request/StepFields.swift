/// What the history in a request may hold (Interactions API reference, "Step" and "Content").
enum StepFields {
  private static let media: [String: FieldRule] = [
    "data": .base64, "uri": .text, "mime_type": .text, "resolution": resolution,
    "processing": .anything,
  ]
  private static let resolution = FieldRule.word(["low", "medium", "high", "ultra_high"])

  static let contents: [String: FieldRule] = [
    "text": .typed(["text": .text, "annotations": .list(.anything)], required: ["text"]),
    "image": .typed(media),
    "document": .typed(media),
    "video": .typed(media.merging(["name": .text]) { rule, _ in rule }),
    "audio": .typed(
      media.merging(["channels": .integer(1...16), "sample_rate": .integer(1...384_000)]) {
        rule, _ in rule
      }),
  ]

  private static let contentList = FieldRule.list(.kinds(contents))

  /// A call the model made of a tool at the service, or what came of it.
  private static func call(_ fields: [String: FieldRule] = [:]) -> FieldRule {
    .typed(
      fields.merging(["id": .text, "arguments": .anything, "signature": .text]) { rule, _ in rule },
      required: ["id"])
  }

  private static func result(_ fields: [String: FieldRule] = [:]) -> FieldRule {
    .typed(
      fields.merging([
        "call_id": .text, "result": .anything, "is_error": .flag, "signature": .text,
      ]) { rule, _ in rule }, required: ["call_id"])
  }

  /// The steps that are no message of the user or the model.
  static let tools: [String: FieldRule] = [
    "thought": .typed(["signature": .text, "summary": contentList]),
    "function_call": .typed(
      ["id": .text, "name": .text, "arguments": .map(.anything), "signature": .text],
      required: ["id", "name", "arguments"]),
    "function_result": .typed(
      [
        "call_id": .text, "name": .text, "result": .anything, "is_error": .flag,
        "signature": .text,
      ], required: ["call_id", "result"]),
    "code_execution_call": call(), "code_execution_result": result(),
    "url_context_call": call(), "url_context_result": result(),
    "google_search_call": call(["search_type": .text]), "google_search_result": result(),
    "google_maps_call": call(), "google_maps_result": result(),
    "file_search_call": call(), "file_search_result": result(),
    "mcp_server_tool_call": call(["name": .text, "server_name": .text]),
    "mcp_server_tool_result": result(["name": .text, "server_name": .text]),
    "retrieval_call": call(["retrieval_type": .text]), "retrieval_result": result(),
    "processing_call": call(), "processing_result": result(),
    "tool_search_call": call(), "tool_search_result": result(),
  ]

  static let steps = tools.merging([
    "user_input": .typed(["content": contentList]),
    "model_output": .typed(["content": contentList, "error": .anything]),
  ]) { rule, _ in rule }

  /// Migration guide, "Turns": in the legacy schema everything is a content, of a turn or alone.
  static let legacyContents = contents.merging(tools) { rule, _ in rule }

  static let legacyTurn = FieldRule.object(
    [
      "role": .word(["user", "model"]),
      "content": .textOr(.text, .list(.kinds(legacyContents))),
    ], required: ["role"])
}
