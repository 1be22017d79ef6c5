import JSON

/// Reads the `input` of a request as steps, whatever form the client gave it.
///
/// Interactions API reference, "input": a string, a content, a list of contents, or a list of
/// steps; in the legacy schema also a list of turns.
struct InputReader {
  private(set) var steps: [JSONObject] = []
  private(set) var refusals: [Refusal] = []
  private let revision: Revision

  init(_ input: JSONValue, _ revision: Revision) {
    self.revision = revision
    let place = Place(name: "input")
    if let text = input.string {
      append(content: ["type": "text", "text": .string(text)])
    } else if let elements = input.array {
      for (index, element) in elements.enumerated() { read(element, at: place[index]) }
    } else {
      read(input, at: place)
    }
  }

  private mutating func read(_ element: JSONValue, at place: Place) {
    guard let object = element.object else {
      return refuse(.object([:]), element, at: place)
    }
    if revision == .legacy, object["role"] != nil { return read(turn: object, at: place) }
    let type = object["type"]?.string ?? ""
    if StepFields.contents[type] != nil {
      guard accepts(.kinds(StepFields.contents), element, at: place) else { return }
      append(content: object)
    } else {
      let kinds = revision == .legacy ? StepFields.legacyContents : StepFields.steps
      guard accepts(.kinds(kinds), element, at: place) else { return }
      steps.append(object)
    }
  }

  /// A turn of the legacy schema; a string is its text.
  private mutating func read(turn: JSONObject, at place: Place) {
    guard accepts(StepFields.legacyTurn, .object(turn), at: place) else { return }
    let isModel = turn["role"]?.string == "model"
    let contents =
      turn["content"]?.array
      ?? turn["content"]?.string.map { [["type": "text", "text": .string($0)]] } ?? []
    for content in contents.compactMap(\.object) {
      if StepFields.contents[content["type"]?.string ?? ""] != nil {
        append(content: content, to: isModel ? "model_output" : "user_input")
      } else {
        steps.append(content)
      }
    }
  }

  /// Contents in a row are one message.
  private mutating func append(content: JSONObject, to type: String = "user_input") {
    if let last = steps.indices.last, steps[last]["type"]?.string == type {
      let contents = steps[last]["content"]?.array ?? []
      steps[last]["content"] = .array(contents + [.object(content)])
    } else {
      steps.append(["type": .string(type), "content": [.object(content)]])
    }
  }

  private mutating func accepts(_ rule: FieldRule, _ value: JSONValue, at place: Place) -> Bool {
    let found = rule.refusals(of: value, at: place)
    refusals += found
    return found.allSatisfy { $0.code == "parameter_unknown" }
  }

  private mutating func refuse(_ rule: FieldRule, _ value: JSONValue, at place: Place) {
    refusals += rule.refusals(of: value, at: place)
  }
}
