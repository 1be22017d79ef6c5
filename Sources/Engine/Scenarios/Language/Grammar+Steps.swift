/// Every step, in the order the reference shows them.
extension Grammar {
  static let steps: [StepRule] = [
    StepRule(
      FieldRule(
        "await", .either(.word(awaited), .mapping(awaitedMessage)),
        "Waits for the client: for a turn of the user, for the results of calls, for the set-up "
          + "of the session, for an interruption, for the end of the connection, for a new one, or "
          + "for a message of the wire."),
      FieldRule(
        "heard", .either(.template, .mapping(heardFailure)),
        "What the user said; it becomes the transcription of the speech."),
      FieldRule("expect", .matcher, "What it must be like; anything else is a failure."),
      FieldRule("capture", .map(of: .template, key: "name"), "What is remembered of it, by name."),
      FieldRule("within", .duration(.zero...(.seconds(86_400))), "How long it may take."),
      FieldRule(
        "otherwise", .steps, "What happens when it takes longer; without it, that is a failure.")),
    StepRule(
      FieldRule("wait", .duration(.zero...(.seconds(86_400))), "Lets time pass.")),
    StepRule(
      FieldRule("say", .either(.template, .mapping(speech)), "The model speaks."),
      FieldRule("audio", .file, "The recording of the words; made up where it is missing."),
      FieldRule("chunk", chunk, chunkSummary), fault),
    StepRule(
      FieldRule("think", .template, "The model thinks; clients that ask get the summary."), fault),
    StepRule(
      FieldRule(
        "call", .either(.text, .list(of: .mapping(call))),
        "The model calls functions of the client: one by name, or a list of them at once."),
      FieldRule("args", .map(of: .json, key: "argument"), "The arguments of the one call."),
      FieldRule("id", .template, "The identifier of the one call."), fault),
    StepRule(
      FieldRule(
        "cancel_calls", .either(.nothing, .list(of: .template)),
        "Calls that wait for their results are not wanted any more; without a list, all.")),
    StepRule(
      FieldRule("execute", .mapping(execution), "The model runs code at the service.")),
    StepRule(
      FieldRule("show", .either(.file, .mapping(picture)), "The model makes a picture."), fault),
    StepRule(
      FieldRule("interrupt", .nothing, "The model is cut off as if the user had spoken.")),
    StepRule(
      FieldRule(
        "fail", .either(.text, .mapping(failure)),
        "The service reports an error: its code, or more of it.")),
    StepRule(
      FieldRule(
        "go_away", .duration(.zero...(.seconds(3600))),
        "The service announces the end of the connection in so much time.")),
    StepRule(
      FieldRule("send", .either(.mapping(raw), .json), "A message that is sent as it is written."),
      fault),
    StepRule(
      FieldRule(
        "end_turn", .either(.nothing, .mapping(turnEnd)),
        "Ends the model's turn here; it ends by itself before the next 'await'.")),
    StepRule(
      FieldRule(
        "close", .either(.closeCode, .either(.nothing, .mapping(closing))),
        "The service closes the connection; without a code it sends none.")),
    StepRule(
      FieldRule(
        "repeat", .either(.nothing, .integer(1...1_000_000)),
        "Plays steps so many times; without a number, for ever."),
      FieldRule("steps", .steps, "What is repeated.", required: "steps:")),
    StepRule(
      FieldRule("run", .text, "Plays a script of 'scripts:' here.")),
    StepRule(
      FieldRule("choose", .list(of: .mapping(rule)), "Plays the first rule that fits."),
      FieldRule("otherwise", .steps, "What happens when none fits.")),
    StepRule(
      FieldRule("set", .map(of: .json, key: "name"), "Remembers values by name.")),
    StepRule(
      FieldRule("log", .template, "Writes a line into the log.")),
  ]

  static let stepWords = steps.map(\.key)
  static let stepsByWord = Dictionary(uniqueKeysWithValues: steps.map { ($0.key, $0) })

  static let awaited = ["user", "tool_result", "setup", "interruption", "close", "reconnect"]

  static let awaitedMessage = MappingRule(
    "await",
    FieldRule(
      "message", .text, "The kind of message, in the wire's words.",
      required: "message: session.update"))

  static let heardFailure = MappingRule(
    "heard",
    FieldRule(
      "failed", .either(.text, .mapping(failure)), "The transcription fails.",
      required: "failed: audio_unintelligible"))

  static let speech = MappingRule(
    "say",
    FieldRule("text", .template, "The words, which become text or transcript."),
    FieldRule("audio", .file, "The recording of the words."),
    FieldRule("chunk", chunk, chunkSummary))

  static let call = MappingRule(
    "call",
    FieldRule("name", .text, "The function.", required: "name: get_weather"),
    FieldRule("args", .map(of: .json, key: "argument"), "Its arguments."),
    FieldRule("id", .template, "The identifier of the call."))

  static let execution = MappingRule(
    "execute",
    FieldRule("code", .template, "The code.", required: "code: print(1)"),
    FieldRule("output", .template, "What it prints."),
    FieldRule("failed", .flag, "Whether it fails."))

  static let picture = MappingRule(
    "show",
    FieldRule("file", .file, "The picture.", required: "file: picture.png"),
    FieldRule("mime", .text, "Its MIME type; by the file's ending where it is missing."))

  static let failure = MappingRule(
    "failure",
    FieldRule("code", .text, "The code in the protocol's own words."),
    FieldRule("message", .text, "The message."),
    FieldRule("status", .integer(400...599), "The HTTP status, where there is one."),
    FieldRule(
      "retry_after", .duration(.zero...(.seconds(3600))), "What 'Retry-After' says over HTTP."))

  static let raw = MappingRule(
    "send",
    FieldRule("text", .text, "The text of the message, JSON or not."),
    FieldRule("bytes", .base64, "The bytes of a binary message."))

  static let turnEnd = MappingRule(
    "end_turn", oneOf: "incomplete", "failed",
    fields: FieldRule("incomplete", .text, "Why the turn was cut short, in the protocol's words."),
    FieldRule("failed", .either(.text, .mapping(failure)), "Why the turn failed."))

  static let closing = MappingRule(
    "close",
    FieldRule("code", .closeCode, "The close code."),
    FieldRule("reason", .shortText(bytesMax: 123), "The close reason."))
}
