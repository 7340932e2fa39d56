internal import ClusterFormation

/// The name of the table that nodes write themselves into, with its schema if one is given.
struct TableName: Hashable, Sendable, CustomStringConvertible {
    /// As it was given: `members` or `cluster.members`.
    let description: String
    /// Between quotation marks, to be put into SQL.
    let quoted: String

    /// PostgreSQL cuts a name after so many bytes without a word (PostgreSQL manual, "Identifiers and Key Words").
    private static let maximumBytes = 63

    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    init(_ text: String) throws {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy({ (1...Self.maximumBytes).contains($0.utf8.count) }) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The table's name is a table, or a schema and a table with a dot between them, of 1 to "
                    + "\(Self.maximumBytes) bytes each; such as cluster_members."
            )
        }
        guard !NodeMetadata.hasControlCharacters(text) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The table's name has a control character in it; choose printable ones."
            )
        }
        self.description = text
        self.quoted = parts.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ".")
    }
}
