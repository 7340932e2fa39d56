internal import Foundation

/// What clients hear, as JSON: `{"node":"node 8080","text":"Hello"}`.
public struct ChatMessage: Codable, Hashable, Sendable {
    /// The node at whose client it was said.
    public var node: String
    /// What was said.
    public var text: String

    /// Makes one.
    public init(node: String, text: String) {
        (self.node, self.text) = (node, text)
    }

    var json: Data { get throws { try JSONEncoder().encode(self) } }
}
