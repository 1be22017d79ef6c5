import GeminiREST
import Interactions
import Playback
import Scenarios
import VirtualTime
import Wire
import YAMLFiles

extension MicroBenchmarks {
  private static let scenario = """
    mockgem: 1
    pace: fast
    gemini-rest:
      tuned_models: [{name: tunedModels/tuned, baseModel: models/gemini-1.5-flash-001-tuning}]
    steps:
    - await: user
    - say: Loud and clear. How can I help you today?
    """

  /// HTTP exchanges on a stage, without a socket: microseconds each.
  static func measureExchanges() throws {
    let key = Header("x-goog-api-key", "k")
    try measure(
      "create an interaction",
      Request(
        method: "POST", target: "/v1beta/interactions",
        headers: [key, Header("Content-Type", "application/json")],
        body: Array(#"{"model":"gemini-3.8-flash","input":"Hello"}"#.utf8)))
    try measure(
      "get a tuned model", Request(target: "/v1beta/tunedModels/tuned", headers: [key]))
  }

  private static func measure(_ name: String, _ request: Request) throws {
    let protocols = [Interactions.wireProtocol, GeminiREST.wireProtocol]
    let document = try YAMLFile.parse(Array(scenario.utf8), file: "exchanges.yaml")
    let reading = ScenarioReader.read(document, protocols: protocols)
    guard let scenario = reading.scenario else { throw Unfit(text: "\(reading.diagnostics)") }
    var stage = Stage(.init(Repertoire(Script(scenario)), protocols: protocols))
    var number: UInt64 = 0
    var misses = 0
    let time = bestTime {
      number += 1
      let id = ConnectionID(number: number)
      let commands = stage.receive(.opened(request), from: id, at: .start)
      let isGood = commands.contains {
        if case .respond(let response) = $0 { response.status == 200 } else { false }
      }
      if !isGood { misses += 1 }
      _ = stage.receive(.closed(nil, ""), from: id, at: .start)
    }
    if misses > 0 { throw Unfit(text: "\(name): \(misses) requests were refused") }
    let nanoseconds = Int(time / Double(rounds) * 1e9)
    report(name, "\(nanoseconds / 1000).\(nanoseconds / 100 % 10) us")
  }

  /// The benchmark does not measure what it says.
  struct Unfit: Error { let text: String }
}
