import Conformance
import JSON
import Playback
import Scenarios
import Transport

/// A client that runs already and connects again and again: each requirement is played to whoever
/// comes next, with whatever key. What it is to do stands at `GET /mockgem/task`.
///
/// A requirement is over when its client has come and gone and nothing more happens for a while.
enum AttachedClient {
  /// Longer than an SDK waits before it comes back by itself.
  private static let quiet = Duration.seconds(2)

  static func run(_ trial: Trial, limit: Duration, _ tell: (Judgement) -> Void) {
    Terminal.error("mockgem: ready \(trial.server.addresses.joined(separator: " "))")
    for item in trial.suite.cases {
      guard let script = trial.scripts[item.id] else { continue }
      show(script, of: item, trial)
      let end = ContinuousClock.now + limit
      while ContinuousClock.now < end {
        if Signals.waitForTermination(atMost: .milliseconds(20)) { return }
        if isOver(item, trial) { break }
      }
      tell(trial.judge(item, Judgement.Run(command: nil, report: .nothing)))
    }
  }

  /// From here on every client gets this scenario.
  private static func show(_ script: Script, of item: ConformanceCase, _ trial: Trial) {
    var scenario = script.scenario
    scenario.selection = Selection()
    scenario.routes.append(task(of: item))
    let shown = Script(scenario, clips: script.clips, files: script.files)
    trial.server.update { application in
      guard var stage = application as? Stage else { return }
      stage.replace(Repertoire(shown))
      application = stage
    }
  }

  private static func isOver(_ item: ConformanceCase, _ trial: Trial) -> Bool {
    guard let last = trial.docket.activity(of: item.id),
      ContinuousClock.now - last > quiet
    else { return false }
    return trial.ask { stage in
      stage.openCount(of: item.id) == 0 && !stage.isParked(in: item.id)
    }
  }

  private static func task(of item: ConformanceCase) -> Route {
    let body: JSONValue = [
      "requirement": .string(item.id), "task": DriverEnvironment.task(of: item),
    ]
    return Route.showing(body, at: ["mockgem", "task"], from: item.requirement.location)
  }
}
