import AudioFiles
import Foundation
import Testing

@Suite("Audio files") struct AudioFileTests {
  /// A RIFF file of 16-bit samples; `samples` are interleaved.
  private func wav(_ samples: [Int16], rate: Int, channels: Int = 1) -> Data {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let data = samples.flatMap { bytes(Int($0), 2) }
    let format =
      bytes(1, 2) + bytes(channels, 2) + bytes(rate, 4)
      + bytes(2 * rate * channels, 4) + bytes(2 * channels, 2) + bytes(16, 2)
    return Data(
      Array("RIFF".utf8) + bytes(36 + data.count, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4)
        + format + Array("data".utf8) + bytes(data.count, 4) + data)
  }

  private func read(_ data: Data) throws -> [Int16] {
    let file = URL.temporaryDirectory.appending(path: "mockgem-\(UUID()).wav")
    try data.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = try AudioFile.read(file.path)
    return stride(from: 0, to: bytes.count, by: 2).map {
      Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
    }
  }

  private func sine(_ rate: Int, seconds: Double = 0.5) -> [Int16] {
    (0..<Int(Double(rate) * seconds)).map {
      Int16(12_000 * sin(2 * .pi * 440 * Double($0) / Double(rate)))
    }
  }

  private func correlation(_ left: [Int16], _ right: [Int16]) -> Double {
    let pairs = zip(left, right).map { (Double($0), Double($1)) }
    let cross = pairs.reduce(0) { $0 + $1.0 * $1.1 }
    let (first, second) = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
    return cross / (first * second).squareRoot()
  }

  @Test func `24 kHz comes out sample for sample, extremes included`() throws {
    let samples = sine(24_000) + [Int16.min, -1, 0, 1, .max]
    #expect(try read(wav(samples, rate: 24_000)) == samples)
  }

  @Test(arguments: [8_000, 16_000, 44_100, 48_000])
  func `other rates are resampled`(rate: Int) throws {
    let result = try read(wav(sine(rate), rate: rate))
    #expect(abs(result.count - 12_000) <= 2)
    #expect(correlation(result, sine(24_000)) > 0.99)
  }

  @Test func `channels are averaged`() throws {
    let stereo: [Int16] = [1000, 3000, -500, 500, 100, 100]
    #expect(try read(wav(stereo, rate: 24_000, channels: 2)) == [2000, 0, 100])
  }

  @Test func `says what is wrong with a file`() throws {
    #expect {
      try AudioFile.read("/nowhere.wav")
    } throws: {
      $0 as? AudioFileError
        == AudioFileError("cannot read '/nowhere.wav': no such file or directory", hint: nil)
    }
    #expect {
      try read(Data("this is no audio".utf8))
    } throws: {
      ($0 as? AudioFileError)?.hint == "WAV, FLAC, OGG and Opus files can"
    }
    #expect {
      try read(wav([], rate: 24_000))
    } throws: {
      ($0 as? AudioFileError)?.hint == "record something, or leave it out"
    }
  }
}
