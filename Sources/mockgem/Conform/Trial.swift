import Conformance
import Playback
import Reports
import Scenarios
import Synchronization
import Transport
import Wire

/// A server that plays every requirement to whoever shows its key, and judges each when its client
/// is done.
struct Trial {
  let suite: ConformanceSuite
  let scripts: [String: Script]
  let baseline: Baseline
  let docket: Docket
  let server: Server

  /// How long a server is waited for that should have noticed that its clients are gone.
  private static let patience = Duration.seconds(2)
  private static let step = Duration.milliseconds(2)

  /// Judges one requirement; nothing more happens to it.
  func judge(_ item: ConformanceCase, _ run: Judgement.Run) -> Judgement {
    wait { stage in stage.openCount(of: item.id) == 0 }
    let isDone = Flag()
    let record = docket.record
    server.update { application in
      if let stage = application as? Stage {
        for case .record(let line, let file) in stage.conclusion(at: Clock.now(), of: item.id) {
          record(line, file)
        }
      }
      isDone.set()
    }
    wait { _ in isDone.isSet }
    return Judgement(
      item, planned: item.scenario.planned, record: docket.take(item.id), run: run,
      baseline: baseline, protocols: Catalogue.protocols)
  }

  /// Waits until something is so on the loop, but not for ever.
  func wait(until isSo: @escaping @Sendable (Stage) -> Bool) {
    let end = ContinuousClock.now + Trial.patience
    while ContinuousClock.now < end, !ask(isSo) { Clock.sleep(for: Trial.step) }
  }

  /// Whether something is so right now; false when the loop does not say so in time.
  func ask(_ isSo: @escaping @Sendable (Stage) -> Bool) -> Bool {
    let end = ContinuousClock.now + Trial.patience
    let isAnswered = Flag()
    let answer = Flag()
    server.update { application in
      if let stage = application as? Stage, isSo(stage) { answer.set() }
      isAnswered.set()
    }
    while ContinuousClock.now < end, !isAnswered.isSet { Clock.sleep(for: Trial.step) }
    return answer.isSet
  }

  /// Set by a loop, and read by who asked.
  private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
  }
}
