import JSON
import VirtualTime

/// Embeddings without a model: the same text gives the same unit vector, and texts that share words
/// lie near one another.
enum Embedding {
  /// Words behind this many change nothing: the model reads 2,048 tokens.
  private static let wordsMax = 2048

  /// ContentEmbedding for an EmbedContentRequest.
  static func json(of request: JSONObject, model: String) throws(Refusal) -> JSONValue {
    let parts = request["content"]?["parts"]?.array ?? []
    let text = parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
    guard !parts.isEmpty else {
      throw .badField("content", of: "EmbedContentRequest", "content is empty")
    }
    let length =
      request["outputDimensionality"]?.integer ?? ModelCatalogue.embeddingLength(model)
    guard (1...ModelCatalogue.embeddingLength(model)).contains(length) else {
      throw .badField(
        "output_dimensionality", of: "EmbedContentRequest",
        "must be between 1 and \(ModelCatalogue.embeddingLength(model))")
    }
    let task = request["taskType"]?.string ?? ""
    let values = vector(of: text, salt: "\(ModelCatalogue.id(model)) \(task)", length: length)
    return ["values": .array(values.map { .double(Double("\(Float($0))") ?? 0) })]
  }

  static func vector(of text: String, salt: String, length: Int) -> [Double] {
    var sum = [Double](repeating: 0, count: length)
    // The salt keeps the vectors of models and tasks apart, and gives an empty text one as well.
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(wordsMax)
    for word in [salt] + words.map({ "\(salt) \($0)" }) {
      var dice = Dice(seed: hash(word))
      for index in sum.indices {
        sum[index] += Double(dice.next() >> 11) / Double(1 << 52) - 1
      }
    }
    let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return norm > 0 ? sum.map { $0 / norm } : sum
  }

  /// FNV-1a.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
