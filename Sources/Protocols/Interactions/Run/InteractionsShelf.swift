import VirtualTime

/// The interactions of one namespace.
package struct InteractionsShelf: Sendable {
  private var runs: [String: Run] = [:]
  /// Their identifiers from the oldest on, behind `forgotten` that are gone.
  private var order: [String] = []
  private var forgotten = 0
  /// How much the requests hold together.
  private var bytes = 0
  private let runsMax: Int
  private let bytesMax: Int

  /// Bounded, since a load test makes a run with every request, and bounded in bytes, since one
  /// request may hold 20 MB of pictures.
  package init(runsMax: Int = 4096, bytesMax: Int = 256 << 20) {
    precondition(runsMax > 0)
    self.runsMax = runsMax
    self.bytesMax = bytesMax
  }

  mutating func add(_ run: Run) {
    order.append(run.id)
    runs[run.id] = run
    bytes += run.request.byteCount
  }

  mutating func remove(_ id: String) {
    if let run = runs.removeValue(forKey: id) { bytes -= run.request.byteCount }
  }

  /// Forgets the oldest where there are too many. The newest stays, whatever it holds.
  mutating func makeRoom() {
    while order.count - forgotten > runsMax || (bytes > bytesMax && order.count - forgotten > 1) {
      remove(order[forgotten])
      forgotten += 1
    }
    if forgotten > runsMax {
      order.removeFirst(forgotten)
      forgotten = 0
    }
  }

  /// For the exchange that has the run in hand, whoever else may see it.
  ///
  /// A run is changed where it lies: a copy would copy all of its events.
  subscript(id: String) -> Run? {
    get { runs[id] }
    _modify { yield &runs[id] }
  }

  /// The interaction that ended with this token, stored or not.
  func find(token: String) -> Run? {
    runs.values.first { $0.ending?.continuationToken == token && !$0.isDeleted }
  }

  /// What a client may look up: stored, not deleted, and not yet forgotten.
  func find(_ id: String, retention: Duration, at now: Instant) -> Run? {
    guard let run = runs[id], run.request.isStored, !run.isDeleted else { return nil }
    if let ending = run.ending, ending.due <= now, now - ending.due > retention { return nil }
    return run
  }
}
