/// Reads a file of peers: lines of `host[:port] [key=value …]` with comments, or Prometheus' `file_sd` JSON.
enum PeerFile {
    static let maximumBytes = 1 << 20
    private static let maximumLineBytes = 65_536

    /// The peers of a file; none when there is nothing in it but space and comments.
    static func parse(_ bytes: [UInt8], defaultPort: Int?) throws(PeerFileError) -> [Node] {
        let bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
        guard bytes.count <= self.maximumBytes else {
            throw PeerFileError(line: 1, message: "the file has more than \(self.maximumBytes) bytes")
        }
        return self.isJSON(bytes)
            ? try self.parseTargets(bytes, defaultPort: defaultPort)
            : try self.parseLines(bytes, defaultPort: defaultPort)
    }

    /// A line begins with a bracket, too, when it is an IPv6 address that follows.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        let visible = bytes.lazy.filter { $0 > 0x20 }.prefix(2)
        guard let first = visible.first else { return false }
        if first == UInt8(ascii: "{") { return true }
        guard first == UInt8(ascii: "[") else { return false }
        return visible.dropFirst().first.map { [UInt8]("{[]\"".utf8).contains($0) } ?? true
    }

    // MARK: Lines

    private static func parseLines(_ bytes: [UInt8], defaultPort: Int?) throws(PeerFileError) -> [Node] {
        var nodes: [Node] = []
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard line.count <= self.maximumLineBytes else {
                throw PeerFileError(line: number, message: "the line has \(line.count) bytes; that is too long")
            }
            let words = try self.words(of: line, number: number)
            guard let host = words.first else { continue }
            let endpoint = try self.endpoint(host, defaultPort: defaultPort, line: number)
            nodes.append(try self.node(endpoint, pairs: self.pairs(words.dropFirst(), line: number), line: number))
        }
        return nodes
    }

    /// What stands between spaces, up to a word that begins with `#`.
    private static func words(of line: ArraySlice<UInt8>, number: Int) throws(PeerFileError) -> [String] {
        var words: [String] = []
        for word in line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) {
            if word.first == UInt8(ascii: "#") { break }
            guard let text = String(validating: word, as: UTF8.self) else {
                throw PeerFileError(line: number, message: "the line is not UTF-8")
            }
            words.append(text)
        }
        return words
    }

    private static func pairs(_ words: ArraySlice<String>, line: Int) throws(PeerFileError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw PeerFileError(line: line, message: "\(HostName.quoted(word)) is not a pair such as zone=eu-1a")
            }
            pairs.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
        return pairs
    }

    // MARK: Prometheus

    private static func parseTargets(_ bytes: [UInt8], defaultPort: Int?) throws(PeerFileError) -> [Node] {
        let list = try JSONReader.read(bytes)
        guard case .array(let groups) = list.kind else {
            throw PeerFileError(line: list.line, message: "the JSON is not a list of groups with targets")
        }
        var nodes: [Node] = []
        for group in groups { nodes += try self.nodes(of: group, defaultPort: defaultPort) }
        return nodes
    }

    private static func nodes(of group: JSONValue, defaultPort: Int?) throws(PeerFileError) -> [Node] {
        guard case .object(let fields) = group.kind else {
            throw PeerFileError(line: group.line, message: "a group is not an object with targets")
        }
        guard case .array(let targets) = fields["targets"]?.kind else {
            throw PeerFileError(line: fields["targets"]?.line ?? group.line, message: "a group has no list of targets")
        }
        var labels: [(String, String)] = []
        switch fields["labels"]?.kind {
        case nil: break
        case .object(let values):
            for (name, value) in values {
                guard case .string(let text) = value.kind else {
                    throw PeerFileError(line: value.line, message: "the label \(HostName.quoted(name)) is not a text")
                }
                // Labels with two underscores are for Prometheus itself.
                if !name.hasPrefix("__") { labels.append((name, text)) }
            }
        case .array, .string, .other:
            throw PeerFileError(line: fields["labels"]?.line ?? group.line, message: "the labels are not an object")
        }
        var nodes: [Node] = []
        for target in targets {
            guard case .string(let text) = target.kind else {
                throw PeerFileError(line: target.line, message: "a target is not a text such as \"10.0.0.7:7337\"")
            }
            let endpoint = try self.endpoint(text, defaultPort: defaultPort, line: target.line)
            nodes.append(try self.node(endpoint, pairs: labels, line: target.line))
        }
        return nodes
    }

    // MARK: Both

    private static func endpoint(_ text: String, defaultPort: Int?, line: Int) throws(PeerFileError) -> Endpoint {
        do {
            return try Endpoint(parsing: text, defaultPort: defaultPort)
        } catch {
            throw PeerFileError(line: line, message: (error as? ClusterError)?.message ?? "\(error)")
        }
    }

    private static func node(
        _ endpoint: Endpoint,
        pairs: [(String, String)],
        line: Int
    ) throws(PeerFileError) -> Node {
        let metadata = Dictionary(pairs) { $1 }
        guard metadata.count == pairs.count else { throw PeerFileError(line: line, message: "a key is there twice") }
        if let flaw = NodeMetadata.flaw(in: metadata) { throw PeerFileError(line: line, message: flaw) }
        return Node(endpoint: endpoint, metadata: metadata)
    }
}
