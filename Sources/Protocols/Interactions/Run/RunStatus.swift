/// Interactions API reference, "Interaction.status".
enum RunStatus: String, CaseIterable, Sendable {
  /// Waits for its turn: background runs of the tiers that are served when there is room.
  case queued
  case inProgress = "in_progress"
  case requiresAction = "requires_action"
  case completed
  case failed
  case cancelled
  case incomplete
  case budgetExceeded = "budget_exceeded"
  case requiresContinuation = "requires_continuation"

  /// The word a revision has for it: the legacy schema knows six.
  func word(_ revision: Revision) -> String {
    switch (self, revision) {
    case (.budgetExceeded, .legacy), (.requiresContinuation, .legacy):
      RunStatus.incomplete.rawValue
    case (.queued, .legacy): RunStatus.inProgress.rawValue
    case (_, .legacy), (_, .steps): rawValue
    }
  }

  /// Whether it has come to its end.
  var isOver: Bool {
    switch self {
    case .queued, .inProgress: false
    case .requiresAction, .completed, .failed, .cancelled, .incomplete, .budgetExceeded,
      .requiresContinuation:
      true
    }
  }

  /// How a turn that the scenario calls incomplete ends.
  init(incomplete reason: String) {
    switch RunStatus(rawValue: reason) {
    case .budgetExceeded?: self = .budgetExceeded
    case .requiresContinuation?: self = .requiresContinuation
    case nil, .queued?, .inProgress?, .requiresAction?, .completed?, .failed?, .cancelled?,
      .incomplete?:
      self = .incomplete
    }
  }
}
