import OpenAPI

/// The filters there are; a query is refused what is not among them.
extension JournalQuery {
  static let filters = [
    ParameterDescription("method", in: .query, .text, "The method."),
    ParameterDescription(
      "path", in: .query, .matching("^[^*{}]+$"), "The path, such as /v1/{id} or /v1/*."),
    ParameterDescription("kind", in: .query, .word(["http", "websocket"]), "What was asked for."),
    ParameterDescription(
      "protocol", in: .query, .text, "The protocol that took it, 'route' or 'none'."),
    ParameterDescription("scenario", in: .query, .text, "The scenario that answered."),
    ParameterDescription("status", in: .query, .integer(100...599), "The status of the answer."),
    ParameterDescription(
      "verdict", in: .query, .word(Finding.Kind.allCases.map(\.rawValue)), "What became of it."),
    ParameterDescription(
      "header", in: .query, .matching("^[A-Za-z0-9-]+(: ?[A-Za-z0-9/ -]+)?$"),
      "A header it has, or 'name: text' that it has."),
    ParameterDescription("body", in: .query, .text, "Bytes that its body holds."),
    ParameterDescription(
      "open", in: .query, .word(["true", "false"]), "Whether it still goes on."),
    ParameterDescription(
      "after", in: .query, .integer(0...(1 << 53)), "The number of the entry it comes after."),
    ParameterDescription(
      "limit", in: .query, .integer(0...Journal.countMax), "How many are shown."),
    ParameterDescription(
      "count", in: .query, .integer(1...Journal.countMax), "How many are waited for."),
    ParameterDescription(
      "wait", in: .query, .matching("^[0-9]{1,3}(ms|s)$"), "How long, such as 5s; up to 10min."),
  ]
}

extension Journal.Entry {
  /// What an entry looks like in answers and in the file.
  static let shape = DataShape.closed([
    DataShape.Member("number", .integer(1...(1 << 53)), isRequired: true),
    DataShape.Member("at", .number(nil), isRequired: true),
    DataShape.Member("kind", .word(["http", "websocket"]), isRequired: true),
    DataShape.Member("connection", .integer(0...(1 << 53)), isRequired: true),
    DataShape.Member("scenario", .text, isRequired: true),
    DataShape.Member("protocol", .either([.text, .null]), isRequired: true),
    DataShape.Member("method", .text, isRequired: true),
    DataShape.Member("target", .text, isRequired: true),
    DataShape.Member("headers", .list(.list(.text)), isRequired: true),
    DataShape.Member(
      "body",
      .closed([
        DataShape.Member("size", .integer(0...(1 << 53)), isRequired: true),
        DataShape.Member("kept", .integer(0...(1 << 53))), DataShape.Member("text", .text),
        DataShape.Member("base64", .base64),
      ])),
    DataShape.Member("status", .either([.integer(100...599), .null]), isRequired: true),
    DataShape.Member("ended", .either([.number(nil), .null]), isRequired: true),
    DataShape.Member(
      "close",
      .either([
        .null,
        .closed([
          DataShape.Member("code", .integer(1000...4999), isRequired: true),
          DataShape.Member("reason", .text, isRequired: true),
        ]),
      ])),
    DataShape.Member(
      "verdicts",
      .list(
        .closed([
          DataShape.Member("kind", .text, isRequired: true),
          DataShape.Member("text", .text, isRequired: true),
          DataShape.Member("hint", .text), DataShape.Member("file", .text),
          DataShape.Member("line", .integer(0...(1 << 53))),
        ])), isRequired: true),
  ])
}
