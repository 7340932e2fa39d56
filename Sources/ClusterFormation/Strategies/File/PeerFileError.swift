/// What is wrong with a file of peers, and in which line.
struct PeerFileError: Error, Hashable, Sendable {
    /// Counted from 1.
    var line: Int
    var message: String
}
