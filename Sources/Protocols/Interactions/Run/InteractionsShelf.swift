import VirtualTime

/// The interactions of one namespace.
package struct InteractionsShelf: Sendable {
  private var runs: [String: Run] = [:]
  /// A ring of identifiers; `oldest` is the one to go next once it is full.
  private var order: [String] = []
  private var oldest = 0
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
    if order.count < runsMax {
      order.append(run.id)
    } else {
      remove(order[oldest])
      order[oldest] = run.id
      oldest = (oldest + 1) % runsMax
    }
    runs[run.id] = run
    bytes += run.request.byteCount
    makeRoom()
  }

  /// Its place in the ring stays, and is used again in its turn.
  mutating func remove(_ id: String) {
    if let run = runs.removeValue(forKey: id) { bytes -= run.request.byteCount }
  }

  /// The newest stays, whatever it holds: it is being answered.
  private mutating func makeRoom() {
    if bytes <= bytesMax { return }
    for offset in 0..<(order.count - 1) where bytes > bytesMax {
      remove(order[(oldest + offset) % order.count])
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
