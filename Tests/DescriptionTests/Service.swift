import Conversation
import Diagnostics
import Foundation
import GeminiLive
import GeminiREST
import Interactions
import JSON
import OpenAIRealtime
import Playback
import Scenarios
import Testing
import VirtualTime
import Wire
import YAMLFiles

/// A server on paper that has something of everything, and what it says it answers.
struct Service {
  static let protocols: [WireProtocol] = [
    OpenAIRealtime.wireProtocol, OpenAIRealtime.restProtocol, GeminiLive.wireProtocol,
    GeminiLive.tokenProtocol, GeminiLive.musicProtocol, Interactions.wireProtocol,
    GeminiREST.wireProtocol,
  ]

  private static let scenario = """
    mockgem: 1
    name: Something of everything
    pace: fast
    otherwise: [{say: Hello.}]
    openai-realtime: {beta: accept}
    gemini-rest:
      tuned_models: [{name: tunedModels/x}]
      files:
      - {name: files/f, mimeType: text/plain, text: Hello, source: GENERATED}
      cached_contents: [{name: cachedContents/c, model: models/gemini-3-flash-preview}]
      corpora: [{name: corpora/c}]
      operations:
      - name: batches/b
      - name: operations/o
      - name: models/gemini-3-flash-preview/operations/o
      - name: generatedFiles/f/operations/o
      - name: corpora/c/operations/o
    routes:
    - path: /v1/chat/{chat}/message
      method: POST
      headers: {Authorization: {any: true}}
      respond: [{json: {said: "${body.message}"}}, {status: 429}]
    - path: /anything/*
      respond: [{text: Hello.}]
    - path: /echo
      websocket: echo
    """

  private var stage: Stage
  private var last: UInt64 = 0
  let script: Script

  init() throws {
    let document = try YAMLFile.parse(Array(Self.scenario.utf8), file: "x.yaml")
    let reading = ScenarioReader.read(document, protocols: Self.protocols)
    #expect(reading.diagnostics.map(\.description) == [])
    script = Script(try #require(reading.scenario))
    stage = Stage(.init(Repertoire(script), protocols: Self.protocols))
  }

  var description: JSONValue { Description.json(of: Self.protocols, script) }

  /// Method and path of all operations that are described.
  var operations: [(method: String, path: String, operation: JSONValue)] {
    (description["paths"]?.object?.members ?? []).flatMap { path in
      (path.value.object?.members ?? []).map { ($0.name.uppercased(), path.name, $0.value) }
    }
  }

  /// The same of a server that nothing was asked of before.
  func fresh(_ method: String, _ target: String, _ body: String = "") -> Response? {
    var service = self
    return service.answer(method, target, body)
  }

  /// The head of what a request is answered with, and the body if it comes whole.
  mutating func answer(_ method: String, _ target: String, _ body: String = "") -> Response? {
    last += 1
    let connection = ConnectionID(number: last)
    let headers = [
      Header("x-goog-api-key", "k"), Header("Authorization", "Bearer k"),
      Header("Content-Type", "application/json"), Header("x-goog-api-client", "test"),
    ]
    var now = Instant.start
    let request = Request(
      method: method, target: target, headers: headers, body: Array(body.utf8))
    var commands = stage.receive(.opened(request), from: connection, at: now)
    while let due = stage.deadline(of: connection) {
      now = max(now, due)
      commands += stage.receive(.due, from: connection, at: now)
    }
    commands += stage.receive(.closed(nil, ""), from: connection, at: now)
    return commands.lazy.compactMap { command -> Response? in
      switch command {
      case .respond(let response), .begin(let response): response
      default: nil
      }
    }.first
  }

  /// Whether nothing is there to answer, whatever the request holds.
  static func isUnknown(_ response: Response) -> Bool {
    let error = (try? JSONValue(parsing: response.body))?["error"]
    let message = error?["message"]?.string ?? ""
    switch response.status {
    case 404:
      return ["Method not found.", "Requested entity was not found."].contains(message)
        || message.hasPrefix("no such resource")
        || message.hasPrefix("Invalid URL")
        || message.hasSuffix(" was not found.")
          && error?["code"] == "not_found"
    case 405, 426: return true
    default: return false
    }
  }

  /// The routes that the README lists as known and not simulated: code of the form `METHOD /path`
  /// in the table of deviations.
  static func deviations() throws -> Set<String> {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../README.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "\n## ").first {
        $0.hasPrefix("Known deviations")
      })
    let pattern = /`(GET|POST|PUT|PATCH|DELETE) (\/[^ `]+)`/
    return Set(section.matches(of: pattern).map { "\($0.1) \($0.2)" })
  }
}
