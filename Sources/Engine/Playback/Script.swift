package import Audio
package import Scenarios

/// A scenario with its files at hand: everything a player needs.
///
/// A class, since every conversation holds its script, and is kept by its name.
package final class Script: Sendable {
  package let scenario: Scenario
  /// The recordings by the path the scenario gives them.
  package let clips: [String: AudioClip]
  /// Every other file by its path.
  package let files: [String: [UInt8]]

  /// `clips` and `files` must hold every reference of the scenario.
  package init(
    _ scenario: Scenario, clips: [String: AudioClip] = [:], files: [String: [UInt8]] = [:]
  ) {
    self.scenario = scenario
    self.clips = clips
    self.files = files
  }
}
