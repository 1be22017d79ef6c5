import Conversation
import JSON
import VirtualTime

/// The calls whose results are missing, and the results that nobody was told of yet.
struct PendingCalls: Sendable {
  struct Call: Hashable, Sendable {
    let id: String
    let name: String
    /// Whether the model is silent until the result is there.
    let isBlocking: Bool
  }

  /// A scenario may call without end; the oldest calls give way.
  private static let callsMax = 1000
  /// A client may answer one call without end; what is more is dropped.
  private static let resultsMax = 1000

  private(set) var calls: [Call] = []
  private(set) var results: [ToolResult] = []
  /// Whether the results are to be answered as soon as the model is idle.
  var wantsAnswer = false

  var isBlocked: Bool { calls.contains(where: \.isBlocking) }

  mutating func add(_ made: [Call]) {
    calls += made
    if calls.count > Self.callsMax { calls.removeFirst(calls.count - Self.callsMax) }
  }

  func call(_ id: String) -> Call? { calls.first { $0.id == id } }

  mutating func remove(_ ids: [String]) { calls.removeAll { ids.contains($0.id) } }

  /// The blocking calls, which an interruption drops.
  mutating func dropBlocking() -> [String] {
    let ids = calls.filter(\.isBlocking).map(\.id)
    remove(ids)
    return ids
  }

  /// False when there are too many.
  mutating func keep(_ result: ToolResult) -> Bool {
    guard results.count < Self.resultsMax else { return false }
    results.append(result)
    return true
  }

  mutating func takeResults() -> [ToolResult] {
    defer {
      results = []
      wantsAnswer = false
    }
    return results
  }
}

extension LiveSession {
  /// The message that makes `calls`, and the calls it makes.
  mutating func message(for calls: [ToolCall]) -> (JSONValue, [PendingCalls.Call]) {
    var made: [PendingCalls.Call] = []
    let functions = calls.map { call -> JSONValue in
      let id = call.id ?? profile.callIDPrefix + dice.characters(19, of: .decimal)
      if !tools.declares(call.name) {
        explain("the scenario calls '\(call.name)', which the client has not declared in 'tools'")
      }
      made.append(
        PendingCalls.Call(
          id: id, name: call.name, isBlocking: tools.isBlocking(call.name, for: profile)))
      return ["id": .string(id), "name": .string(call.name), "args": .object(call.arguments)]
    }
    return (["toolCall": ["functionCalls": .array(functions)]], made)
  }

  /// The service drops calls: by the scenario, in the middle of anything.
  mutating func cancelCalls(_ ids: [String]) {
    let pending = calls.calls.map(\.id)
    let cancelled = ids.isEmpty ? pending : ids
    for id in cancelled where !pending.contains(id) {
      explain("'cancel_calls' names '\(id)', which is no pending call")
    }
    if !cancelled.isEmpty {
      send(["toolCallCancellation": ["ids": .array(cancelled.map { .string($0) })]])
    }
    calls.remove(cancelled)
    reportPerformed()
    if !calls.results.isEmpty, turn?.awaitsResults == true, !calls.isBlocked { resumeTurn() }
  }

  /// Live API, "Tool use": results of functions (`BidiGenerateContentToolResponse`).
  mutating func receiveResults(_ response: JSONObject, at now: Instant) throws(Refused) {
    for answer in response["functionResponses"]?.array ?? [] {
      guard let id = answer["id"]?.string, let call = calls.call(id) else {
        let id = answer["id"]?.string ?? ""
        explain("a tool response was ignored: no call '\(id)' is pending")
        continue
      }
      try receive(answer, for: call, at: now)
    }
  }

  private mutating func receive(
    _ answer: JSONValue, for call: PendingCalls.Call, at now: Instant
  ) throws(Refused) {
    let response = answer["response"] ?? [:]
    // The guide writes `scheduling` into the response as well.
    let scheduling = (answer["scheduling"] ?? response["scheduling"])?.string
    let name = profile.name
    try scrutiny.require(
      scheduling == nil || profile.allowsScheduling,
      or: .invalidArgument("\(name) takes no 'scheduling' in tool responses"))
    let goesOn = answer["willContinue"]?.bool ?? false
    if call.isBlocking, goesOn || scheduling != nil {
      explain(
        "'scheduling' and 'willContinue' were ignored: '\(call.name)' is a BLOCKING function")
    }
    if call.isBlocking || !goesOn { calls.remove([call.id]) }
    context.text += TokenCount.text(response.description)
    let result = ToolResult(
      id: call.id, name: answer["name"]?.string ?? call.name, output: response)
    guard calls.keep(result) else {
      return explain("a tool response was dropped: the scenario has taken none for too long")
    }
    if call.isBlocking {
      if !calls.isBlocked { resumeTurn() }
      return
    }
    schedule(scheduling, at: now)
  }

  /// Live API, "Asynchronous function calling": what becomes of the result of a function the model
  /// does not wait for.
  private mutating func schedule(_ scheduling: String?, at now: Instant) {
    switch scheduling {
    case "SILENT": break
    case "INTERRUPT":
      calls.wantsAnswer = true
      if activity.isSpeaking, profile.waitsForSpeaker { return }
      interrupt(at: now)
      askForAnswer()
    case .some, .none: calls.wantsAnswer = true
    }
  }

  /// The model goes on with the results it waited for.
  private mutating func resumeTurn() {
    turn?.awaitsResults = false
    turn?.resumes = true
    askForAnswer()
  }

  /// Results that wait for a pause get their answer in it.
  mutating func answerWhenIdle() {
    if calls.wantsAnswer, turn == nil, !activity.isSpeaking { askForAnswer() }
  }
}
