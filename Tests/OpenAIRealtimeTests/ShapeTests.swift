import Conversation
import Foundation
import JSON
import OpenAIRealtime
import Testing
import VirtualTime
import Wire

/// Four conversations of which recordings of the real service exist: what the server sends has the
/// same types in the same order, the same keys, nulls included, and the same counters.
///
/// The shapes stand in `golden/shapes`; `MOCKGEM_GOLDEN=update swift test` writes them anew, which
/// no change but a new recording should need.
@Suite("OpenAI Realtime: recorded shapes") struct ShapeTests {
  private let create: JSONValue = ["type": "response.create"]
  private let tool: JSONValue = [
    "type": "function", "name": "look_up", "parameters": ["type": "object"],
    "description": "Looks something up.",
  ]

  private func message(_ role: String, _ type: String, _ text: String) -> JSONValue {
    [
      "type": "conversation.item.create",
      "item": [
        "type": "message", "role": .string(role),
        "content": [["type": .string(type), "text": .string(text)]],
      ],
    ]
  }

  private func update(_ modality: String) -> JSONValue {
    [
      "type": "session.update",
      "session": [
        "type": "realtime", "instructions": "Be brief.",
        "output_modalities": [.string(modality)], "tools": [tool],
        "audio": ["input": ["transcription": ["model": "gpt-realtime-whisper"]]],
      ],
    ]
  }

  private func driver(_ request: Request = Driver.request, _ answers: [[ServerAction]]) -> Driver {
    // A client that has what it wants stops reading before the limits come.
    Driver(request, answers: answers, options: ["rate_limits": .flag(false)])
  }

  @Test func `text in, audio out`() throws {
    var driver = driver(Driver.request, [[.say(Speech(text: "Three short words."))]])
    driver.send(update("audio"))
    driver.send(message("user", "input_text", "Say three words."))
    driver.send(create)
    driver.run()
    try compare(driver, with: "text-in-audio-out")
  }

  @Test func `a call and its result`() throws {
    var driver = driver(
      Driver.request,
      [
        [.call([ToolCall(name: "look_up", arguments: ["what": "gem"])])],
        [.say(Speech(text: "A stone."))],
      ])
    driver.send(update("text"))
    driver.send(message("user", "input_text", "What is a gem?"))
    driver.send(create)
    driver.run()
    let call = driver.last("response.function_call_arguments.done")?["call_id"] ?? .null
    driver.send([
      "type": "conversation.item.create",
      "item": ["type": "function_call_output", "call_id": call, "output": "a stone"],
    ])
    driver.send(create)
    driver.run()
    try compare(driver, with: "call-and-result")
  }

  @Test func `a history brought along`() throws {
    var driver = driver(Driver.request, [[.say(Speech(text: "Blue, you said."))]])
    driver.send(update("text"))
    driver.send(message("user", "input_text", "My colour is blue."))
    driver.send(message("assistant", "output_text", "I see."))
    driver.send(message("user", "input_text", "Which colour?"))
    driver.send(create)
    driver.run()
    try compare(driver, with: "history")
  }

  @Test func `beside a call`() throws {
    let request = Request(
      target: "/v1/realtime?call_id=rtc_u0_x", headers: Driver.request.headers)
    var driver = driver(request, [[.say(Speech(text: "Hello caller."))]])
    driver.send(update("text"))
    driver.send(message("user", "input_text", "Greet the caller."))
    driver.send(create)
    driver.run()
    try compare(driver, with: "sideband")
  }

  private func compare(_ driver: Driver, with name: String) throws {
    var order: [String: Int] = [:]
    var lines: [String] = []
    for event in driver.events {
      let line = "\(event["type"]?.string ?? "") \(shape(event, &order, key: "event"))"
      if line != lines.last || !line.contains(".delta") { lines.append(line) }
    }
    let text = lines.joined(separator: "\n") + "\n"
    let file = URL(filePath: #filePath)
      .deletingLastPathComponent().appending(path: "../../golden/shapes/\(name).txt").standardized
    if ProcessInfo.processInfo.environment["MOCKGEM_GOLDEN"] == "update" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(expected == text, "golden/shapes/\(name).txt changed")
  }

  /// Keys as they are, nulls and counters as they are, other values by their kind, ids by the order
  /// they came in.
  private func shape(_ value: JSONValue, _ order: inout [String: Int], key: String = "") -> String {
    switch value {
    case .null: return "null"
    case .bool: return "bool"
    case .number(let number):
      return key.hasSuffix("index") ? number.text : number.text.contains(".") ? "float" : "int"
    case .string, .shared:
      let text = value.string ?? ""
      if ["type", "status", "object", "role"].contains(key) { return text }
      guard key.hasSuffix("id"), let mark = text.firstIndex(of: "_"), key != "event_id" else {
        return "string"
      }
      order[text] = order[text] ?? order.count + 1
      return "\(text[..<mark])#\(order[text] ?? 0)"
    case .array(let elements):
      return "[" + elements.map { shape($0, &order) }.joined(separator: ",") + "]"
    case .object(let object):
      let members = object.members.filter { key != "event" || $0.name != "type" }
      return "{"
        + members.map { "\($0.name):\(shape($0.value, &order, key: $0.name))" }
        .joined(separator: ",") + "}"
    }
  }
}
