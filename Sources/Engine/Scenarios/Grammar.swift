/// The scenario language, version 1, as tables.
enum Grammar {
  static let version = 1

  static let file = MappingRule(
    FieldRule(
      "mockgem", .version(version), "The version of the language.", required: "mockgem: 1"),
    FieldRule("name", .text, "What the scenario is called in logs and reports."),
    FieldRule(
      "seed", .integer(0...Int.max),
      "Seeds everything random; the same seed gives the same bytes. 1 without it."),
    FieldRule(
      "pace", .pace,
      "How fast the service works: 'service' as measured (the default), 'realtime' as fast as "
        + "audio plays, '4x' four times that, 'fast' without any wait."),
    FieldRule("steps", .list(of: .step(steps)), "What happens on a connection, in order."),
    FieldRule("routes", .list(of: .mapping(route)), "Paths of your own beside the protocols.")
  )

  static let steps: [StepRule] = [
    StepRule(
      FieldRule("await", .word(["user"]), "Waits until the client wants an answer."),
      FieldRule("heard", .text, "What the user said; it becomes the transcription of the speech.")
    ),
    StepRule(
      FieldRule("say", .either(.text, .mapping(speech)), "The model speaks."),
      FieldRule("audio", .file, "The recording of the words; made up where it is missing."),
      FieldRule("chunk", chunk, chunkSummary)),
    StepRule(
      FieldRule(
        "close", .either(.closeCode, .either(.nothing, .mapping(closing))),
        "The service closes the connection; without a code it sends none.")),
  ]

  static let speech = MappingRule(
    FieldRule("text", .text, "The words, which become text or transcript."),
    FieldRule("audio", .file, "The recording of the words."),
    FieldRule("chunk", chunk, chunkSummary))

  private static let chunk = ValueRule.duration(.milliseconds(10)...(.seconds(10)))
  private static let chunkSummary =
    "How much audio one message holds; as the real service cuts it where this is missing."

  static let closing = MappingRule(
    FieldRule("code", .closeCode, "The close code."),
    FieldRule("reason", .shortText(bytesMax: 123), "The close reason."))

  static let route = MappingRule(
    FieldRule("path", .urlPath, "Where the route is reached.", required: "path: /echo"),
    FieldRule(
      "websocket", .word(["echo"]), "A WebSocket that sends back every message it gets.",
      required: "websocket: echo"))
}
