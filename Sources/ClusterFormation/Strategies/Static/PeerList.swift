/// Reads peers that stand in one line, such as the value of an environment variable: `host:port,host`.
enum PeerList {
    static let maximumBytes = 65_536
    static let maximumPeers = 4_096

    /// The endpoints; empty items, such as behind a final comma, are passed over.
    ///
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration``, whose message names what is
    ///   read as `source`.
    static func parse(_ text: String, defaultPort: Int?, source: String) throws -> [Endpoint] {
        guard text.utf8.count <= self.maximumBytes else {
            throw self.error("\(source) has \(text.utf8.count) bytes; \(self.maximumBytes) are allowed.")
        }
        let items = text.split(separator: ",").map { $0.trimmingWhitespace }.filter { !$0.isEmpty }
        guard !items.isEmpty else {
            throw self.error("\(source) is empty; set it to the peers, as in \(self.example).")
        }
        guard items.count <= self.maximumPeers else {
            throw self.error("\(source) has \(items.count) peers; \(self.maximumPeers) are allowed.")
        }
        return try items.map { item in
            do {
                return try Endpoint(parsing: String(item), defaultPort: defaultPort)
            } catch let error as ClusterError {
                throw self.error("\(source) is not a list of peers such as \(self.example): \(error.message)")
            }
        }
    }

    private static let example = "10.0.0.7:7337,node-2.example.com:7337,[2001:db8::7]:7337"

    private static func error(_ message: String) -> ClusterError {
        ClusterError(code: .invalidConfiguration, message: message)
    }
}

extension Substring {
    /// Without spaces, tabs and ends of lines at both ends.
    var trimmingWhitespace: Substring {
        guard let first = self.firstIndex(where: { !$0.isWhitespace }) else { return "" }
        guard let last = self.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return self[first...last]
    }
}
