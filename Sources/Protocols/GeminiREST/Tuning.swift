import JSON
import VirtualTime

/// The tuning of one model on the virtual clock: everything about it follows from the time.
///
///     CREATING --lasts--> ACTIVE | FAILED
///         '--cancelled--> FAILED
struct Tuning: Hashable, Sendable {
  enum State: String, Sendable {
    case creating = "CREATING"
    case active = "ACTIVE"
    case failed = "FAILED"
  }

  /// More snapshots than this are thinned: a client draws a curve of them.
  private static let snapshotsMax = 1000

  let start: Timestamp
  let lasts: Duration
  let totalSteps: Int
  /// Steps in which every example is seen once, as a fraction.
  let stepsPerEpoch: Double
  /// The message of the failure at the end; nil ends in ACTIVE.
  let failure: String?
  var cancelled: Timestamp?
  /// The snapshots of the first steps, made once: a model shows them whenever it is asked for.
  private let firstSnapshots: [JSONValue]

  init(
    start: Timestamp, lasts: Duration, totalSteps: Int, stepsPerEpoch: Double, failure: String?
  ) {
    self.start = start
    self.lasts = lasts
    self.totalSteps = totalSteps
    self.stepsPerEpoch = stepsPerEpoch
    self.failure = failure
    firstSnapshots = (1...max(1, min(totalSteps, Self.snapshotsMax))).map { step in
      Self.snapshot(
        step, of: totalSteps, stepsPerEpoch: stepsPerEpoch, from: start, lasting: lasts)
    }
  }

  /// When it ends by itself.
  private var end: Timestamp { start + lasts }

  func state(at now: Timestamp) -> State {
    if cancelled != nil { return .failed }
    if now < end { return .creating }
    return failure == nil ? .active : .failed
  }

  func isDone(at now: Timestamp) -> Bool { state(at: now) != .creating }

  /// When it was over; nil while it is not.
  func completed(at now: Timestamp) -> Timestamp? {
    cancelled ?? (now < end ? nil : end)
  }

  /// How many of the optimiser's steps are done.
  func completedSteps(at now: Timestamp) -> Int {
    let moment = cancelled.map { min($0, now) } ?? now
    if moment >= end { return totalSteps }
    let elapsed = Double((moment - start).nanoseconds)
    return max(0, Int(elapsed / Double(lasts.nanoseconds) * Double(totalSteps)))
  }

  /// `CreateTunedModelMetadata`, whose zeros are left out.
  func metadata(of model: String, type: JSONValue, at now: Timestamp) -> JSONValue {
    let completed = completedSteps(at: now)
    var metadata: JSONObject = [
      "@type": type, "tunedModel": .string(model), "totalSteps": .int(totalSteps),
    ]
    if completed > 0 {
      let percent = (Double(completed) * 10_000 / Double(totalSteps)).rounded() / 100
      metadata["completedSteps"] = .int(completed)
      metadata["completedPercent"] = .double(percent)
      metadata["snapshots"] = .array(snapshots(at: now))
    }
    return .object(metadata)
  }

  func snapshots(at now: Timestamp) -> [JSONValue] {
    let completed = completedSteps(at: now)
    if completed <= firstSnapshots.count { return Array(firstSnapshots.prefix(completed)) }
    let stride = (completed + Self.snapshotsMax - 1) / Self.snapshotsMax
    return Swift.stride(from: stride, through: completed, by: stride).map { step in
      Self.snapshot(
        step, of: totalSteps, stepsPerEpoch: stepsPerEpoch, from: start, lasting: lasts)
    }
  }

  /// The loss falls as one over the step, which looks like learning.
  private static func snapshot(
    _ step: Int, of totalSteps: Int, stepsPerEpoch: Double, from start: Timestamp,
    lasting lasts: Duration
  ) -> JSONValue {
    var snapshot: JSONObject = ["step": .int(step)]
    let epoch = Int(Double(step) / stepsPerEpoch)
    if epoch > 0 { snapshot["epoch"] = .int(epoch) }
    snapshot["meanLoss"] = .double(Double("\(Float(7.5 / Double(step)))") ?? 0)
    let share = Double(step) / Double(totalSteps)
    let elapsed = Duration.nanoseconds(Int64(Double(lasts.nanoseconds) * share))
    snapshot["computeTime"] = .string((start + elapsed).text(digits: 9))
    return .object(snapshot)
  }
}
