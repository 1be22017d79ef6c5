import Foundation
import Scenarios
import Testing
import YAMLFiles

/// Damaged scenario files: whatever is wrong, the reader says so, in bounded time.
///
/// `MOCKGEM_FUZZ=100000 swift test --filter FuzzTests` runs more of them; the seed is fixed, and a
/// crash leaves the input in the build folder.
@Suite("Fuzzing the reader") struct FuzzTests {
  /// SplitMix64: the same mutations on every machine.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../..").standardized

  private static let corpus: [[UInt8]] = {
    let folder = root.appending(path: "scenarios").path
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap {
      (try? Data(contentsOf: URL(filePath: "\(folder)/\($0)"))).map(Array.init)
    }
  }()

  /// Pieces that mean something to YAML or to the language.
  private static let words: [String] = [
    "- ", ": ", "\n", "  ", "{", "}", "[", "]", "&a ", "*a", "|\n", ">-\n", "'", "\"", "#", "---\n",
    "? ", "!!int ", "${", "}", "null", "~", "1e999", "-1", "99999999999999999999", "steps:",
    "await: user", "say: ", "repeat: ", "choose:", "when:", "mockgem: 1", "\u{0}", "\u{FEFF}",
    "\u{85}", "\t", "%YAML 1.2\n", "<<: *a", "matches: '(a+)+$'", "0x10", ".inf", "12:30", "🦋",
  ]

  @Test func `damaged files get diagnostics, never a crash or a hang`() throws {
    let rounds = ProcessInfo.processInfo.environment["MOCKGEM_FUZZ"].flatMap { Int($0) } ?? 1500
    let trace = Self.root.appending(path: ".build/fuzz-input.yaml")
    let clock = ContinuousClock()
    var random = Generator(state: 1)
    var slowest = Duration.zero
    var good = 0
    for _ in 0..<rounds {
      let input = Self.mutated(&random)
      if rounds > 10_000 { try Data(input).write(to: trace) }
      let start = clock.now
      if Self.reads(input) { good += 1 }
      let time = clock.now - start
      if time > .milliseconds(300) {
        try Data(input).write(to: Self.root.appending(path: ".build/fuzz-slow.yaml"))
      }
      slowest = max(slowest, time)
    }
    print("fuzz: \(rounds) files, \(good) of them still good, the slowest took \(slowest)")
    #expect(good < rounds)
    #expect(slowest < .seconds(10), "a hang: nothing that small may take so long")
  }

  private static func reads(_ input: [UInt8]) -> Bool {
    guard let document = try? YAMLFile.parse(input, file: "x.yaml") else { return false }
    let reading = ScenarioReader.read(document, protocols: scenarioProtocols)
    return reading.scenario != nil
  }

  private static func mutated(_ random: inout Generator) -> [UInt8] {
    var bytes = corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0:
        if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
      case 1:
        bytes.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: place)
      case 2:
        bytes.removeSubrange(
          place..<min(bytes.count, place + Int.random(in: 0...20, using: &random)))
      case 3:
        let end = min(bytes.count, place + Int.random(in: 0...200, using: &random))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4:
        let other = corpus.randomElement(using: &random) ?? []
        let cut = Int.random(in: 0...other.count, using: &random)
        bytes = Array(bytes[..<place] + other[cut...])
      case 5:
        let nest = Int.random(in: 1...300, using: &random)
        bytes.insert(contentsOf: [UInt8](repeating: UInt8(ascii: "["), count: nest), at: place)
      default: bytes = Array(bytes.prefix(place))
      }
    }
    return bytes
  }
}
