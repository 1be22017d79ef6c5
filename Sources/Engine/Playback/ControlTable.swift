import OpenAPI

/// One thing the control API does: the table answers, and describes.
struct ControlRule: Sendable {
  enum Order: Hashable, Sendable {
    case about, describe, reset, listFaults, addFault, removeFaults, removeFault
    case readJournal, countJournal, forgetJournal
  }

  let order: Order
  let description: OperationDescription

  static let all: [ControlRule] = [
    ControlRule(
      .about, "GET", "/mockgem", "What this server plays.",
      [AnswerDescription(200, "Its scenarios and protocols.", .json(.named("About")))]),
    ControlRule(
      .describe, "GET", "/mockgem/openapi.json", "This description.",
      [AnswerDescription(200, "OpenAPI 3.1.", .json(.map(.anything)))]),
    ControlRule(
      .reset, "POST", "/mockgem/reset",
      "Forgets what is remembered of the API key that is shown, or of all.",
      [AnswerDescription(200, "How much was forgotten.", .json(number("forgotten")))]),
    ControlRule(
      .listFaults, "GET", "/mockgem/faults", "The faults that were ordered.",
      [AnswerDescription(200, "All of them.", .json(.named("Faults")))]),
    ControlRule(
      .addFault, "POST", "/mockgem/faults", "Orders a fault.",
      body: BodyDescription(
        .json(.closed([DataShape.Member("fault", .text, isRequired: true)])),
        ContentDescription("text/plain", .text)),
      [
        AnswerDescription(201, "What it is taken away by.", .json(name)),
        AnswerDescription(400, "Nothing that 'mockgem faults' knows.", .json(.named("Error"))),
      ]),
    ControlRule(
      .removeFaults, "DELETE", "/mockgem/faults", "Takes all faults away.",
      [AnswerDescription(200, "How many.", .json(number("removed")))]),
    ControlRule(
      .removeFault, "DELETE", "/mockgem/faults/{fault}", "Takes a fault away.",
      parameters: [
        ParameterDescription(
          "fault", in: .path, .matching("^order-[0-9]+$"), "The name it was ordered by.")
      ],
      [
        AnswerDescription(200, "How many.", .json(number("removed"))),
        AnswerDescription(404, "There is none of that name.", .json(.named("Error"))),
      ]),
    ControlRule(
      .readJournal, "GET", "/mockgem/journal", "What came, oldest first.",
      parameters: JournalQuery.filters,
      [
        AnswerDescription(200, "The requests that fit.", .json(.named("Journal"))),
        badFilter,
        AnswerDescription(
          408, "So many were waited for, and did not come.", .json(.named("Journal"))),
      ]),
    ControlRule(
      .countJournal, "GET", "/mockgem/journal/count", "How much came.",
      parameters: plainFilters,
      [AnswerDescription(200, "How many requests fit.", .json(number("count"))), badFilter]),
    ControlRule(
      .forgetJournal, "DELETE", "/mockgem/journal", "Forgets what came.",
      parameters: plainFilters,
      [AnswerDescription(200, "How many it were.", .json(number("forgotten"))), badFilter]),
  ]

  /// What the paths are called, without what all begin with.
  static var names: [String] {
    let names = all.map { String($0.description.path.text.dropFirst("/mockgem/".count)) }
    return Set(names).filter { !$0.isEmpty && !$0.contains("{") }.sorted()
  }

  enum Match {
    case found(Order, captures: [String: String])
    /// Other methods mean something at this path.
    case wrongMethod(allowed: [String])
  }

  /// Nil when the path is none of the control API's.
  static func match(_ method: String, _ words: [String]) -> Match? {
    let rules = all.compactMap { rule in
      rule.description.path.captures(of: words[...]).map { (rule, $0) }
    }
    if let (rule, captures) = rules.first(where: { $0.0.description.method == method }) {
      return .found(rule.order, captures: captures)
    }
    return rules.isEmpty
      ? nil : .wrongMethod(allowed: rules.map(\.0.description.method))
  }

  /// What the control API answers.
  static let service = ServiceDescription(
    name: "mockgem",
    "The control of this server, at /mockgem/v\(ControlRequest.version) as well. It is refused "
      + "where the server listens on more than this machine's own addresses, unless told to.",
    operations: all.map(\.description),
    definitions: [
      .init(
        "Journal",
        .closed([
          DataShape.Member("version", .integer(1...1), isRequired: true),
          DataShape.Member("count", .integer(0...Journal.countMax), isRequired: true),
          DataShape.Member("requests", .list(.named("Request")), isRequired: true),
          DataShape.Member(
            "error", .closed([DataShape.Member("message", .text, isRequired: true)])),
        ])),
      .init("Request", Journal.Entry.shape),
      .init(
        "About",
        .closed([
          DataShape.Member("server", .word(["mockgem"]), isRequired: true),
          DataShape.Member("scenario", .text, isRequired: true),
          DataShape.Member("scenarios", .list(.text), isRequired: true),
          DataShape.Member("protocols", .list(.text), isRequired: true),
        ])),
      .init(
        "Faults",
        .closed([
          DataShape.Member(
            "faults",
            .list(
              .closed([
                DataShape.Member("name", .text, isRequired: true),
                DataShape.Member("fault", .text, isRequired: true),
              ])), isRequired: true)
        ])),
      .init(
        "Error",
        .closed([
          DataShape.Member(
            "error", .closed([DataShape.Member("message", .text, isRequired: true)]),
            isRequired: true)
        ])),
    ])

  /// Those of whoever does not wait.
  private static let plainFilters = JournalQuery.filters.filter {
    !JournalQuery.waitingWords.contains($0.name)
  }

  private static let badFilter = AnswerDescription(
    400, "No such filter, or no such value.", .json(.named("Error")))

  private static let name = DataShape.closed([
    DataShape.Member("name", .text, isRequired: true)
  ])

  private static func number(_ name: String) -> DataShape {
    .closed([DataShape.Member(name, .integer(0...1_000_000), isRequired: true)])
  }

  private init(
    _ order: Order, _ method: String, _ path: String, _ summary: String,
    parameters: [ParameterDescription] = [], body: BodyDescription? = nil,
    _ answers: [AnswerDescription]
  ) {
    self.order = order
    description = OperationDescription(
      method, path, summary, parameters: parameters, body: body,
      answers: answers + [
        AnswerDescription(403, "Not to be had from here.", .json(.named("Error")))
      ])
  }
}
