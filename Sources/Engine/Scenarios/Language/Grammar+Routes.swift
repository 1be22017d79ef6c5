/// Paths of the user's own, and their answers.
extension Grammar {
  static let route = MappingRule(
    "route",
    FieldRule(
      "path", .urlPath,
      "Where it is reached; '{name}' takes any word or a part of one, '*' at the end the rest. "
        + "Fixed words go before '{name}', that goes before '*', and the first of equals counts. "
        + "Beside a protocol's path it must be fixed, or begin with two fixed words.",
      required: "path: /echo"),
    FieldRule("method", .word(methods), "The method; without it, any."),
    FieldRule("headers", .map(of: .matcher, key: "header"), "What headers must be like."),
    FieldRule("query", .map(of: .matcher, key: "parameter"), "What query parameters must be like."),
    FieldRule("body", .matcher, "What the body must be like: JSON, or else its text."),
    FieldRule("bytes", .mapping(bytes), "What the bytes of the body must be like."),
    FieldRule("state", .map(of: .matcher, key: "name"), "What 'set' and 'append' must have left."),
    FieldRule(
      "respond", .either(.integer(100...599), .either(.mapping(answer), answers)),
      "The answer; a list gives one to each call, and the last one stays."),
    FieldRule("cycle", .flag, "Whether the answers start again after the last."),
    FieldRule(
      "count_by", .template,
      "What calls are counted by, such as '${path.id}'; by 'state_by' without it, or together."),
    FieldRule(
      "state_by", .template,
      "Whose state it is, such as '${path.id}', for all routes that say the same; without it, one "
        + "for all."),
    FieldRule(
      "set", .map(of: .json, key: "name"),
      "What is remembered before the answer, and known as '${state.name}' from then on."),
    FieldRule(
      "append", .map(of: .json, key: "name"),
      "What is added to lists of that kind; they keep the last \(RouteChange.listLengthMax)."),
    FieldRule("forget", .flag, "Whether the state is forgotten behind the answer."),
    FieldRule("websocket", .word(["echo"]), "A WebSocket that sends back what it gets."))

  private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
  private static let answers = ValueRule.list(of: .either(.integer(100...599), .mapping(answer)))

  static let bytes = MappingRule(
    "bytes",
    FieldRule("size", .matcher, "How many there are."),
    FieldRule("head", .matcher, "The first sixteen, in hexadecimal: what a file is shows there."),
    FieldRule("sha256", .matcher, "Their SHA-256, in hexadecimal."))

  static let answer = MappingRule(
    "answer", atMostOneOf: "json", "text", "file", "base64", "events",
    fields: FieldRule("status", .integer(100...599), "The HTTP status; 200 without it."),
    FieldRule("headers", .map(of: .template, key: "header"), "Headers of the answer."),
    FieldRule("json", .json, "A JSON body."),
    FieldRule("text", .template, "A text body."),
    FieldRule("file", .file, "A body out of a file."),
    FieldRule("base64", .template, "A body of any bytes."),
    FieldRule("events", .list(of: .mapping(event)), "A body of server-sent events."),
    FieldRule("after", .duration(.zero...(.seconds(3600))), "How long the answer takes."))

  static let event = MappingRule(
    "event",
    FieldRule(
      "data", .json, "What it says: text as it is, anything else as JSON.", required: "data: {}"),
    FieldRule("event", .template, "Its name."),
    FieldRule("id", .template, "Its identifier."),
    FieldRule(
      "after", .duration(.zero...(.seconds(3600))), "How long it comes behind the one before."))
}
