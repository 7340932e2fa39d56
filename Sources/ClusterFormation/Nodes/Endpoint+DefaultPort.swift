extension Endpoint {
    /// Reads `host:port`, or `host` alone with a port that goes without saying; an IPv6 address stands in brackets.
    ///
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidEndpoint``.
    package init(parsing text: String, defaultPort: Int?) throws {
        let hasPort =
            text.utf8.last != UInt8(ascii: "]") && text.utf8.contains(UInt8(ascii: ":"))
        guard !hasPort, let defaultPort else {
            try self.init(parsing: text)
            return
        }
        if text.utf8.first == UInt8(ascii: "[") {
            try self.init(parsing: "\(text):\(defaultPort)")
        } else {
            try self.init(host: text, port: defaultPort)
        }
    }
}
