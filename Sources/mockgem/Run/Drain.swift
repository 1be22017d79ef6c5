import Playback
import Synchronization
import Transport

/// Waits until a server has noticed that its clients are gone.
///
/// The kernel closes what an ended command left open at once, but the loops hear of it later. A
/// command that left something running behind it is waited for no longer than this.
enum Drain {
  private static let patience = Duration.seconds(1)
  private static let step = Duration.milliseconds(5)

  static func wait(for server: Server) {
    let end = ContinuousClock.now + patience
    let gauge = Gauge()
    while gauge.count != 0, ContinuousClock.now < end {
      server.update { application in
        gauge.set((application as? Stage)?.openCount ?? 0)
      }
      _ = Signals.waitForTermination(atMost: step)
    }
  }

  /// How many connections were open when a loop was last asked; -1 before its first answer.
  private final class Gauge: Sendable {
    private let value = Atomic(-1)

    var count: Int { value.load(ordering: .relaxed) }

    func set(_ count: Int) { value.store(count, ordering: .relaxed) }
  }
}
