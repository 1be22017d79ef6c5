/// How fast a service works.
package enum Pace: Hashable, Sendable {
  /// As the real service was measured: audio comes several times faster than it plays.
  case service
  /// Audio goes out as fast as it plays.
  case realtime
  /// Audio goes out this many times as fast as it plays, and all waits shrink alike.
  case times(Double)
  /// Nothing waits.
  case fast

  /// A latency that was measured at the service, at this pace.
  package func latency(_ measured: Duration) -> Duration {
    switch self {
    case .service, .realtime: measured
    case .times(let factor): measured / factor
    case .fast: .zero
    }
  }

  /// The gap after a chunk of audio: `chunk` is how long it plays, `service` the measured gap.
  package func gap(after chunk: Duration, service: Duration) -> Duration {
    switch self {
    case .service: service
    case .realtime: chunk
    case .times(let factor): chunk / factor
    case .fast: .zero
    }
  }

  /// How long a listener takes to hear `audio`.
  package func playback(_ audio: Duration) -> Duration {
    switch self {
    case .service, .realtime: audio
    case .times(let factor): audio / factor
    case .fast: .zero
    }
  }
}
