import VirtualTime

/// The interactions of one namespace.
struct InteractionsShelf: Sendable {
  /// Bounded: a load test makes a new one with every request.
  static let runsMax = 4096

  private var runs: [String: Run] = [:]
  /// A ring of identifiers; `oldest` is the one to go next once it is full.
  private var order: [String] = []
  private var oldest = 0

  mutating func add(_ run: Run) {
    if order.count < Self.runsMax {
      order.append(run.id)
    } else {
      runs[order[oldest]] = nil
      order[oldest] = run.id
      oldest = (oldest + 1) % Self.runsMax
    }
    runs[run.id] = run
  }

  /// Its place in the ring stays, and is used again in its turn.
  mutating func remove(_ id: String) { runs[id] = nil }

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
