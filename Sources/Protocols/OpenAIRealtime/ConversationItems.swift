import JSON

/// The items of a conversation, in order.
struct ConversationItems: Sendable {
  struct Item: Sendable {
    let id: String
    var json: JSONObject
    /// How long its audio plays, where the model made some; nil otherwise.
    var outputAudio: Duration?
    let tokens: TokenCount
  }

  private(set) var items: [Item] = []

  var lastID: String? { items.last?.id }

  func index(of id: String) -> Int? { items.lastIndex { $0.id == id } }

  /// Appends, and returns the id of the item before it.
  mutating func append(_ item: Item) -> String? {
    insert(item, at: items.count)
  }

  /// Inserts, and returns the id of the item before it.
  mutating func insert(_ item: Item, at index: Int) -> String? {
    items.insert(item, at: index)
    return index > 0 ? items[index - 1].id : nil
  }

  mutating func remove(at index: Int) { items.remove(at: index) }

  /// Puts the final form of an item where its first form stands.
  mutating func replace(_ item: Item) {
    guard let index = index(of: item.id) else { return }
    items[index] = item
  }

  /// Everything the model reads before its next answer.
  var tokens: TokenCount { items.reduce(TokenCount()) { $0 + $1.tokens } }
}
