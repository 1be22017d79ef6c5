/// What the history in a request may hold (Interactions API reference, "Step" and "Content").
enum StepFields {
  private static let resolution = FieldRule.word(["low", "medium", "high", "ultra_high"])

  /// Content comes in the request, or from where a URI leads to.
  private static func media(_ fields: [String: FieldRule]) -> FieldRule {
    .having(
      ["data", "uri"],
      .typed(
        fields.merging(["data": .base64, "uri": .text, "mime_type": .text]) { rule, _ in rule }))
  }

  /// How the service is to read a medium: in one of two ways, or static with details.
  private static func processing(_ words: [String], _ fields: [String: FieldRule]) -> FieldRule {
    .textOr(.word(words), .kinds(["static": .typed(fields)]))
  }

  static let contents: [String: FieldRule] = [
    "text": .typed(["text": .text, "annotations": .list(annotation)], required: ["text"]),
    "image": media(["resolution": resolution]),
    "document": media([
      "resolution": resolution,
      "processing": processing(
        ["static"],
        [
          "page_options": .object([
            "start_page": .integer(0...Int.max), "end_page": .integer(0...Int.max),
            "content_layers": .list(.word(["page_image", "page_text"])),
          ]),
          "spreadsheet_options": .object([
            "sheet_index": .integer(0...Int.max), "visible_cells": .text,
            "content_layers": .list(.word(["visual", "data", "formulas"])),
          ]),
        ]),
    ]),
    "video": media([
      "resolution": resolution, "name": .text,
      "processing": processing(
        ["static", "agentic"],
        [
          "start_offset": .text, "end_offset": .text, "fps": .number(0...60),
          "content_layers": .list(.word(["frames", "audio", "transcript"])),
        ]),
    ]),
    "audio": media([
      "channels": .integer(1...16), "sample_rate": .integer(1...384_000),
      "processing": processing(["static"], ["start_offset": .text, "end_offset": .text]),
    ]),
  ]

  private static let annotation = FieldRule.kinds([
    "url_citation": cited(["url": .text, "title": .text]),
    "file_citation": cited([
      "document_uri": .text, "file_name": .text, "source": .text, "media_id": .text,
      "page_number": .integer(0...Int.max), "custom_metadata": .map(.anything),
    ]),
    "place_citation": cited([
      "place_id": .text, "name": .text, "url": .text,
      "review_snippets": .list(.object(["review_id": .text, "title": .text, "url": .text])),
    ]),
    "speech_metadata": cited(["speaker": .text, "style": .text]),
    "word_info": cited([
      "text": .text, "speaker": .text, "start_offset": .text, "end_offset": .text,
    ]),
  ])

  private static func cited(_ fields: [String: FieldRule]) -> FieldRule {
    .typed(
      fields.merging([
        "start_index": .integer(0...Int.max), "end_index": .integer(0...Int.max),
      ]) { rule, _ in rule })
  }

  private static let contentList = FieldRule.list(.kinds(contents))

  /// A call the model made of a tool at the service, or what came of it.
  private static func call(_ fields: [String: FieldRule] = [:]) -> FieldRule {
    .typed(
      fields.merging(["id": .text, "arguments": .map(.anything), "signature": .text]) { rule, _ in
        rule
      }, required: ["id"])
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
  ].merging(newTools) { rule, _ in rule }

  /// Those of them that the legacy schema has no content for.
  static let newTools: [String: FieldRule] = [
    "retrieval_call": call(["retrieval_type": .text]), "retrieval_result": result(),
    "processing_call": call(), "processing_result": result(),
    "tool_search_call": call(), "tool_search_result": result(),
  ]

  static let steps = tools.merging([
    "user_input": .typed(["content": contentList]),
    "model_output": .typed([
      "content": contentList,
      "error": .object([
        "code": .integer(0...Int.max), "message": .text, "details": .list(.anything),
      ]),
    ]),
  ]) { rule, _ in rule }

  /// Migration guide, "Turns": in the legacy schema everything is a content, of a turn or alone.
  static let legacyContents = contents.merging(tools.filter { newTools[$0.key] == nil }) {
    rule, _ in rule
  }

  static let legacyTurn = FieldRule.object(
    [
      "role": .word(["user", "model"]),
      "content": .textOr(.text, .list(.kinds(legacyContents))),
    ], required: ["role"])
}
