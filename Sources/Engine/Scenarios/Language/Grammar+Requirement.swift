/// What a scenario demands of a client, as a conformance suite needs it.
extension Grammar {
  static let requirement = MappingRule(
    "requirement",
    FieldRule(
      "level", .word(Requirement.Level.allCases.map(\.rawValue)),
      "Whether every client does it ('must'), or a good one ('should').", required: "level: must"),
    FieldRule(
      "text", .text, "What the client must do, in one sentence.",
      required: "text: A client answers every call."),
    FieldRule(
      "source", .text, "The vendor's document and its heading.",
      required: "source: RFC 6455, 5.5.2 \"Ping\""),
    FieldRule(
      "task", .mapping(errand), "What the client is asked to do.",
      required: "task: {turns: [Hello.]}"),
    FieldRule("report", .matcher, "What the driver must say in the end: an object."),
    FieldRule(
      "forgive", .list(of: .word(Requirement.forgivable)),
      "Findings that are no fault of the client here, since the scenario provokes them."))

  static let errand = MappingRule(
    "task",
    FieldRule(
      "turns", .list(of: .either(.text, .mapping(errandTurn))),
      "The turns of the user, each to be sent when the one before is answered."),
    FieldRule(
      "answers", .integer(0...100),
      "How many answers the user waits for before leaving; without it, one for each turn."),
    FieldRule("tools", .map(of: .json, key: "function"), "The functions, and what each returns."),
    FieldRule("modality", .word(["audio", "text"]), "What the answer shall be; audio without it."),
    FieldRule("instructions", .text, "What the model is told at the start."),
    FieldRule("transcription", .flag, "Whether the user's speech shall be transcribed."),
    FieldRule(
      "manual", .flag, "Whether the client itself says where the user's speech begins and ends."),
    FieldRule(
      "resume", .flag, "Whether a conversation shall go on when its connection is lost."),
    FieldRule("stream", .flag, "Whether an answer over HTTP shall be streamed."),
    FieldRule("background", .flag, "Whether the answer is made in the background."),
    FieldRule("stateless", .flag, "Whether the service shall keep nothing."),
    FieldRule("do", .list(of: .text), "Calls on resources, such as 'models.list', in order."))

  static let errandTurn = MappingRule(
    "turn",
    FieldRule("text", .text, "What the user types."),
    FieldRule("audio", .file, "What the user says."),
    FieldRule("interrupt", .flag, "Whether the user cuts in after a second of the answer."))
}
