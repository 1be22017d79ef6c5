import VirtualTime

/// The interactions of one namespace.
struct InteractionsShelf: Sendable {
  /// Bounded: a load test makes a new one with every request.
  static let runsMax = 4096

  private var runs: [String: Run] = [:]
  /// Oldest first.
  private var order: [String] = []

  mutating func add(_ run: Run) {
    if order.count == Self.runsMax { runs[order.removeFirst()] = nil }
    order.append(run.id)
    runs[run.id] = run
  }

  mutating func remove(_ id: String) {
    guard runs.removeValue(forKey: id) != nil else { return }
    order.removeAll { $0 == id }
  }

  /// For the exchange that has the run in hand, whoever else may see it.
  ///
  /// A run is changed where it lies: a copy would copy all of its events.
  subscript(id: String) -> Run? {
    get { runs[id] }
    _modify { yield &runs[id] }
  }

  /// What a client may look up: stored, not deleted, and not yet forgotten.
  func find(_ id: String, retention: Duration, at now: Instant) -> Run? {
    guard let run = runs[id], run.request.isStored, !run.isDeleted else { return nil }
    if let ending = run.ending, ending.due <= now, now - ending.due > retention { return nil }
    return run
  }
}
