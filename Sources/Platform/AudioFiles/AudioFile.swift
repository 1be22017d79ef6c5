import CSamplerate
import CSndfile
import Glibc

/// Reads recordings: any format libsndfile knows, any rate, any number of channels.
package enum AudioFile {
  /// What both services send.
  private static let rate = 24_000
  /// An hour: longer than any session may last.
  private static let secondsMax = 3600
  private static let blockFrames = 1 << 14

  /// The recording as 24 kHz, one channel, signed 16-bit little-endian samples.
  ///
  /// A 24 kHz 16-bit file with one channel comes out sample for sample. Channels are averaged.
  package static func read(_ path: String) throws(AudioFileError) -> [UInt8] {
    var info = SF_INFO()
    guard access(path, R_OK) == 0 else {
      let reason = String(cString: strerror(errno)).lowercased()
      throw AudioFileError("cannot read '\(path)': \(reason)", hint: nil)
    }
    guard let file = sf_open(path, Int32(SFM_READ), &info) else {
      throw AudioFileError(
        "'\(path)' is not audio that can be read", hint: "WAV, FLAC, OGG and Opus files can")
    }
    defer { sf_close(file) }
    guard info.samplerate > 0, info.channels > 0 else {
      throw AudioFileError("'\(path)' names no sample rate", hint: nil)
    }
    let samples = try mixed(file, info, path)
    guard !samples.isEmpty else {
      throw AudioFileError("'\(path)' holds no audio", hint: "record something, or leave it out")
    }
    return pcm16(try resampled(samples, from: Int(info.samplerate), path))
  }

  /// Writes a WAV file of one channel with 16 bits, of little-endian samples.
  package static func write(_ bytes: [UInt8], rate: Int, to path: String) throws(AudioFileError) {
    var info = SF_INFO()
    info.samplerate = Int32(clamping: rate)
    info.channels = 1
    info.format = Int32(SF_FORMAT_WAV) | Int32(SF_FORMAT_PCM_16)
    guard let file = sf_open(path, Int32(SFM_WRITE), &info) else {
      throw AudioFileError(
        "cannot write '\(path)': \(String(cString: sf_strerror(nil)).lowercased())", hint: nil)
    }
    let samples = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
      Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
    }
    let written = sf_write_short(file, samples, sf_count_t(samples.count))
    guard sf_close(file) == 0, written == samples.count else {
      throw AudioFileError("cannot write '\(path)' whole", hint: nil)
    }
  }

  /// Floats from -1 to 1, channels averaged. libsndfile's own conversion to shorts rescales some
  /// formats by their peak, so it is not used.
  private static func mixed(_ file: OpaquePointer, _ info: SF_INFO, _ path: String)
    throws(AudioFileError) -> [Float]
  {
    let channels = Int(info.channels)
    let framesMax = Int(info.samplerate) * secondsMax
    var samples: [Float] = []
    var block = [Float](repeating: 0, count: blockFrames * channels)
    while true {
      let count = Int(sf_readf_float(file, &block, sf_count_t(blockFrames)))
      if count <= 0 { return samples }
      guard samples.count + count <= framesMax else {
        throw AudioFileError("'\(path)' is longer than an hour", hint: "cut it")
      }
      if channels == 1 {
        samples += block[..<count]
      } else {
        for frame in 0..<count {
          let sum = block[(frame * channels)..<((frame + 1) * channels)].reduce(0, +)
          samples.append(sum / Float(channels))
        }
      }
    }
  }

  private static func resampled(_ samples: [Float], from rate: Int, _ path: String)
    throws(AudioFileError) -> [Float]
  {
    if rate == Self.rate { return samples }
    let ratio = Double(Self.rate) / Double(rate)
    var output = [Float](repeating: 0, count: Int(Double(samples.count) * ratio) + 64)
    var data = SRC_DATA()
    let error = samples.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        data.data_in = input.baseAddress
        data.input_frames = input.count
        data.data_out = output.baseAddress
        data.output_frames = output.count
        data.src_ratio = ratio
        return src_simple(&data, Int32(SRC_SINC_MEDIUM_QUALITY), 1)
      }
    }
    guard error == 0 else {
      throw AudioFileError(
        "'\(path)' cannot be resampled from \(rate) Hz: \(String(cString: src_strerror(error)))",
        hint: nil)
    }
    return Array(output[..<data.output_frames_gen])
  }

  private static func pcm16(_ samples: [Float]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * samples.count)
    for sample in samples {
      let scaled = (sample * 32768).rounded()
      let clipped = UInt16(bitPattern: Int16(max(-32768, min(32767, scaled))))
      bytes.append(UInt8(truncatingIfNeeded: clipped))
      bytes.append(UInt8(truncatingIfNeeded: clipped >> 8))
    }
    return bytes
  }
}

/// Why a recording cannot be used, and how to mend it.
package struct AudioFileError: Error, Hashable, Sendable {
  package let message: String
  package let hint: String?

  package init(_ message: String, hint: String?) {
    self.message = message
    self.hint = hint
  }
}
