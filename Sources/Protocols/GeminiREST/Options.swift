import Conversation
import JSON

/// What a scenario decides about the service, under `gemini-rest`.
struct Options: Sendable {
  static let declared: [Setting] = [
    Setting(
      "tuned_models", .json,
      "The tuned models there are at the start, as the API writes them; none by default."),
    Setting(
      "tuning", .json,
      "How tuning goes: 'lasts' (10s), 'steps' (from the data), 'outcome' (ACTIVE or FAILED), "
        + "'message' (of a failure)."),
    Setting(
      "require_training_data", .flag,
      "Whether tuning without examples is refused, as the service does; by default true. "
        + "google-genai from 1.75 on loses the examples on the way."),
    Setting(
      "files", .json,
      "The files there are at the start, as the API writes them, with 'text' or 'data' (base64) "
        + "for their contents; none by default."),
    Setting(
      "file_processing", .duration(.zero...(.seconds(86_400))),
      "How long an uploaded file is PROCESSING; by default 5s for video and no time for the rest."
    ),
    Setting(
      "file_outcome", .word(["ACTIVE", "FAILED"]),
      "What an uploaded file is after that; by default ACTIVE."),
    Setting(
      "cached_contents", .json,
      "The cached contents there are at the start, as the API writes them; none by default."),
    Setting(
      "corpora", .json,
      "The corpora there are at the start, as the API writes them; none by default."),
    Setting(
      "operations", .json,
      "The operations there are at the start besides those of tuning, as the API writes them; none "
        + "by default."),
    Setting(
      "operation_time", .duration(.zero...(.seconds(86_400))),
      "How long a batch or the making of a video takes; by default 10s."),
    Setting(
      "cached_tokens_min", .integer(0...10_000_000),
      "Below so many tokens nothing is cached; by default 0."),
    Setting(
      "safety_ratings", .flag, "Whether candidates carry safety ratings; by default false."),
    Setting(
      "user", .text, "The address that owns what is made; by default you@example.com."),
  ]

  let settings: SessionSettings
  let user: String
  let tuning: TuningPlan
  let requiresTrainingData: Bool
  let cachedTokensMin: Int
  let hasSafetyRatings: Bool
  /// What could not be used of `tuning`.
  let problems: [String]

  init(_ settings: SessionSettings) {
    self.settings = settings
    user = settings.text("user") ?? "you@example.com"
    requiresTrainingData = settings.flag("require_training_data") ?? settings.isStrict
    cachedTokensMin = settings.integer("cached_tokens_min") ?? 0
    hasSafetyRatings = settings.flag("safety_ratings") ?? false
    var problems: [String] = []
    tuning = TuningPlan(
      settings.documents["tuning"], pace: settings.pace, problems: &problems)
    for word in settings.methodsOfOAuth where !MethodName.isKnown(word) {
      problems.append("auth.oauth_only: there is no method '\(word)'")
    }
    self.problems = problems
  }

  /// How long an operation takes that is no tuning.
  var operationTime: Duration {
    settings.duration("operation_time") ?? settings.pace.latency(.seconds(10))
  }

  /// How long a file of this type is PROCESSING.
  func processing(of mimeType: String) -> Duration {
    if let said = settings.duration("file_processing") { return said }
    // Files API, "Upload a video": only video is worth polling for.
    return mimeType.hasPrefix("video/") ? settings.pace.latency(.seconds(5)) : .zero
  }

  var filesFail: Bool { settings.word("file_outcome") == "FAILED" }

  /// The entries of a document that lists resources.
  func listed(_ key: String) -> [JSONValue] {
    guard let document = settings.documents[key] else { return [] }
    return document.array ?? [document]
  }
}

/// How tuning goes in this scenario.
struct TuningPlan: Hashable, Sendable {
  var lasts: Duration
  /// Nil works it out from the examples, the epochs and the batches.
  var steps: Int?
  /// The message of the failure; nil ends in ACTIVE.
  var failure: String?

  /// Snapshots are kept for each step; a scenario needs no more of them.
  static let stepsMax = 100_000

  /// An own length is kept at any pace; the default shrinks with it.
  init(_ document: JSONValue?, pace: Pace, problems: inout [String]) {
    lasts = pace.latency(.seconds(10))
    guard let document else { return }
    guard let object = document.object else {
      problems.append("gemini-rest.tuning must be a mapping, such as {lasts: 10s}")
      return
    }
    for member in object.members {
      switch member.name {
      case "lasts":
        if let duration = member.value.string.flatMap({ Duration(text: $0) }) {
          lasts = duration
          continue
        }
      case "steps":
        if let count = member.value.integer, (1...Self.stepsMax).contains(count) {
          steps = count
          continue
        }
      case "outcome":
        switch member.value.string {
        case "ACTIVE": continue
        case "FAILED":
          failure = failure ?? "Tuning failed."
          continue
        default: break
        }
      case "message":
        if let text = member.value.string {
          if object["outcome"]?.string == "FAILED" { failure = text }
          continue
        }
      default:
        problems.append("gemini-rest.tuning has no '\(member.name)'")
        continue
      }
      problems.append("gemini-rest.tuning.\(member.name) cannot be \(member.value)")
    }
  }
}
