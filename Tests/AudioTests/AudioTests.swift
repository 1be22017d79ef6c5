import Audio
import JSON
import Testing

@Suite("Audio clips") struct AudioClipTests {
  private let ladder = Chunking(milliseconds: [100, 150, 250], repeatingFrom: 2)

  @Test func `is cut along the ladder, the rest last`() {
    let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48 * 800))
    let chunks = clip.chunks(by: ladder)
    #expect(chunks.map(\.byteCount) == [4800, 7200, 12_000, 12_000, 2400])
    #expect(chunks.map(\.duration).reduce(.zero, +) == clip.duration)
    #expect(clip.duration == .milliseconds(800))
  }

  @Test func `the base64 of the chunks is the audio`() throws {
    let bytes = (0..<10_001).map { UInt8(truncatingIfNeeded: $0) }
    let clip = AudioClip(name: "x", bytes: bytes)
    let decoded = clip.chunks(by: ladder).flatMap { chunk in
      Base64.decode(String(decoding: chunk.base64.bytes, as: UTF8.self)) ?? []
    }
    #expect(decoded == bytes)
  }

  @Test func `what was prepared is what is computed`() {
    let bytes = [UInt8](repeating: 9, count: 20_000)
    let prepared = AudioClip(name: "x", bytes: bytes, chunkings: [ladder])
    #expect(prepared.chunks(by: ladder) == AudioClip(name: "x", bytes: bytes).chunks(by: ladder))
  }

  @Test func `every chunk holds whole samples`() {
    let odd = Chunking(every: .microseconds(33_300))
    let clip = AudioClip(name: "x", bytes: [UInt8](repeating: 1, count: 48_000))
    #expect(clip.chunks(by: odd).allSatisfy { $0.byteCount % 2 == 0 })
  }

  @Test func `a hum is quiet, and as long as the words take`() {
    let hum = AudioClip.hum(for: "ten chars.")
    #expect(hum.duration == .milliseconds(600))
    let samples = stride(from: 0, to: hum.bytes.count, by: 2).map {
      Int(Int16(bitPattern: UInt16(hum.bytes[$0]) | UInt16(hum.bytes[$0 + 1]) << 8))
    }
    #expect((500...600).contains(samples.max() ?? 0))
    #expect((-600 ... -500).contains(samples.min() ?? 0))
  }
}

@Suite("Speech detector") struct SpeechDetectorTests {
  private func tone(_ milliseconds: Int, peak: Int16, rate: Int = 24_000) -> [UInt8] {
    (0..<(rate * milliseconds / 1000)).flatMap { index -> [UInt8] in
      let sample = UInt16(bitPattern: index / 20 % 2 == 0 ? peak : -peak)
      return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
    }
  }

  private func detector(start: Int = 1, silence: Int = 200) -> SpeechDetector {
    SpeechDetector(
      rate: 24_000,
      settings: .init(
        windowMilliseconds: 32, thresholdDecibels: -35, startWindows: start,
        silenceMilliseconds: silence))
  }

  @Test func `times lie on the grid of windows`() {
    var detector = detector()
    var changes = detector.listen(to: tone(320, peak: 0))
    changes += detector.listen(to: tone(640, peak: 8000))
    changes += detector.listen(to: tone(640, peak: 0))
    // 10 silent windows, 20 voiced; 200 ms of silence are complete after 7 more.
    #expect(changes == [.started(at: 320), .ended(at: 37 * 32)])
  }

  @Test func `the threshold separates speech from noise`() {
    // -35 dBFS is an RMS of 583.
    var below = detector()
    let quiet = below.listen(to: tone(320, peak: 570))
    #expect(quiet.isEmpty)
    var above = detector()
    let loud = above.listen(to: tone(320, peak: 595))
    #expect(loud == [.started(at: 0)])
  }

  @Test func `a click is no speech where several windows are wanted`() {
    var detector = detector(start: 4)
    let click = detector.listen(to: tone(96, peak: 9000) + tone(320, peak: 0))
    #expect(click.isEmpty)
    let speech = detector.listen(to: tone(128, peak: 9000))
    #expect(speech == [.started(at: 416)])
  }

  @Test func `a short pause does not end speech`() {
    var detector = detector()
    let changes = detector.listen(
      to: tone(320, peak: 8000) + tone(160, peak: 0) + tone(320, peak: 8000))
    #expect(changes == [.started(at: 0)])
  }

  @Test func `how the bytes are split does not matter`() {
    let audio = tone(320, peak: 0) + tone(640, peak: 8000) + tone(640, peak: 0)
    for size in [1, 3, 333, 4801] {
      var detector = detector()
      var changes: [SpeechDetector.Change] = []
      for start in stride(from: 0, to: audio.count, by: size) {
        changes += detector.listen(to: Array(audio[start..<min(audio.count, start + size)]))
      }
      #expect(changes == [.started(at: 320), .ended(at: 37 * 32)], "pieces of \(size) bytes")
    }
  }

  @Test func `stopping ends the speech under way once`() {
    var detector = detector()
    _ = detector.listen(to: tone(64, peak: 8000))
    let stops = [detector.stop(), detector.stop()]
    #expect(stops == [true, false])
  }
}
