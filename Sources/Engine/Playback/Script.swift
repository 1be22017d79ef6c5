package import Audio
package import Scenarios

/// A scenario with its recordings at hand: everything a player needs.
package struct Script: Sendable {
  package let scenario: Scenario
  /// The recordings by the path the scenario gives them.
  package let clips: [String: AudioClip]

  /// `clips` must hold every reference of the scenario.
  package init(_ scenario: Scenario, clips: [String: AudioClip] = [:]) {
    self.scenario = scenario
    self.clips = clips
  }

  package var steps: [Step] { scenario.steps }
}
