import Audio
import Testing

@Suite("Audio: G.711") struct G711Tests {
  /// G.711, tables 1a and 2a: the decision values' outputs at both ends of each segment, with the
  /// code's significant bits on top of 16.
  @Test(
    arguments: [
      (0xFF, 0), (0xFE, 8), (0xF0, 120), (0xEF, 132), (0xDF, 396), (0xCF, 924), (0xBF, 1980),
      (0xAF, 4092), (0x9F, 8316), (0x8F, 16764), (0x80, 32124), (0x00, -32124), (0x7E, -8),
    ] as [(UInt8, Int16)])
  func `mu-law codes have the values of the table`(code: UInt8, value: Int16) {
    #expect(G711.mu.decode(code) == value)
    #expect(G711.mu.encode(value) == code)
  }

  @Test(
    arguments: [
      (0xD5, 8), (0xD4, 24), (0xDA, 248), (0xC5, 264), (0xF5, 528), (0xE5, 1056), (0x95, 2112),
      (0x85, 4224), (0xB5, 8448), (0xA5, 16896), (0xAA, 32256), (0x2A, -32256), (0x55, -8),
    ] as [(UInt8, Int16)])
  func `A-law codes have the values of the table`(code: UInt8, value: Int16) {
    #expect(G711.a.decode(code) == value)
    #expect(G711.a.encode(value) == code)
  }

  @Test(arguments: [G711.mu, .a])
  func `every code survives the way through linear samples`(law: G711) {
    for code in UInt8.min...UInt8.max {
      let again = law.encode(law.decode(code))
      // μ-law has two codes for zero.
      #expect(again == code || (law == .mu && code == 0x7F && again == 0xFF))
    }
    #expect(law.decode([law.encode(8000)]).count == 2)
  }

  @Test(arguments: [G711.mu, .a])
  func `coding errs by less than half a step of the segment`(law: G711) {
    for value in stride(from: Int16.min, through: 32_000, by: 17) {
      let error = abs(Int(law.decode(law.encode(value))) - Int(value))
      #expect(error <= max(16, abs(Int(value)) / 16), "\(value)")
    }
  }

  @Test func `a clip becomes a third of the samples, however it is cut`() {
    let bytes = (0..<4800).flatMap { index -> [UInt8] in
      let sample = UInt16(bitPattern: index / 40 % 2 == 0 ? 8000 : -8000)
      return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
    }
    let clip = AudioClip(name: "x", bytes: bytes)
    let whole = clip.telephone(.mu, 0..<9600)
    #expect(whole.count == 1600)
    #expect(clip.telephone(.mu, 0..<4800) + clip.telephone(.mu, 4800..<9600) == whole)
    // In the middle of a half wave the level is that of the clip, but for the filter's ripple.
    #expect(abs(Int(G711.mu.decode(whole[806])) - 8000) < 1200)
  }

  @Test func `the clock of the audio goes on when the rate changes`() {
    var detector = SpeechDetector(
      rate: 24_000,
      settings: .init(
        windowMilliseconds: 32, thresholdDecibels: -35, startWindows: 1, silenceMilliseconds: 200))
    _ = detector.listen(to: [UInt8](repeating: 0, count: 24 * 64 * 2))
    detector.change(rate: 8_000)
    let loud = [UInt8](repeating: G711.a.encode(12_000), count: 8 * 32)
    #expect(detector.listen(to: G711.a.decode(loud)) == [.started(at: 64)])
  }
}
