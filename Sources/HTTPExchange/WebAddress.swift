internal import ClusterFormation

/// Where a server is: `http` or `https`, a host, a port, a path.
///
/// It is checked when a strategy is made, so that a typing error is found there and not at the first request.
package struct WebAddress: Sendable, Hashable, CustomStringConvertible {
    /// The longest address, in bytes, query included.
    package static let maximumBytes = 4_096

    /// Scheme, host and port, such as `https://[2001:db8::1]:443`.
    package private(set) var origin: String

    /// The path, beginning with a slash; `/` when there was none.
    package private(set) var path: String

    /// What follows the question mark, as it was written; nil when there is no question mark.
    package private(set) var query: String?

    package var isSecure: Bool { self.origin.hasPrefix("https://") }

    /// Reads an address.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    package init(_ text: String) throws {
        func invalid(_ why: String) -> ClusterError {
            // The text itself may hold a password.
            ClusterError(
                code: .invalidConfiguration,
                message: "The URL \(why); write it like https://host:port/path."
            )
        }
        guard text.utf8.count <= Self.maximumBytes else {
            throw invalid("has more than \(Self.maximumBytes) bytes")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw invalid("has a space or a character in it that is not ASCII")
        }
        let lowered = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lowered.hasPrefix) else {
            throw invalid("does not begin with http:// or https://")
        }
        let rest = text.dropFirst(scheme.count)
        guard !rest.contains("#") else { throw invalid("has a # in it, which means nothing here") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else {
            throw invalid("has a user or a password in it; give them as a header")
        }
        let defaultPort = scheme == "https://" ? 443 : 80
        let endpoint: Endpoint
        do {
            endpoint = try Self.endpoint(authority, defaultPort: defaultPort)
        } catch {
            throw invalid("has no host and port that can be used: \(error.message)")
        }
        let tail = rest.dropFirst(authority.count)
        let path = tail.prefix { $0 != "?" }
        self.origin = scheme + endpoint.description
        self.path = path.isEmpty ? "/" : String(path)
        self.query = tail.count > path.count ? String(tail.dropFirst(path.count + 1)) : nil
    }

    private static func endpoint(_ authority: Substring, defaultPort: Int) throws(ClusterError) -> Endpoint {
        let afterHost = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
        do {
            return authority[afterHost...].contains(":")
                ? try Endpoint(parsing: String(authority))
                : try Endpoint(parsing: "\(authority):\(defaultPort)")
        } catch {
            throw error as? ClusterError ?? ClusterError(code: .invalidEndpoint, message: "\(error)")
        }
    }

    /// The address of something below this one, with more of a query.
    ///
    /// - Parameters:
    ///   - components: Parts of the path, each escaped.
    ///   - parameters: Names and values of the query, each escaped, in their order; behind those that are there.
    /// - Returns: The whole address.
    package func url(_ components: [String] = [], parameters: [(String, String)] = []) -> String {
        var path = self.path
        for component in components {
            if path.utf8.last != UInt8(ascii: "/") { path += "/" }
            path += Self.escaped(component)
        }
        let added = parameters.map { "\(Self.escaped($0))=\(Self.escaped($1))" }
        let query = ([self.query].compactMap { $0 }.filter { !$0.isEmpty } + added).joined(separator: "&")
        return self.origin + path + (query.isEmpty ? "" : "?\(query)")
    }

    /// Everything but RFC 3986's unreserved characters in percent encoding.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }

    /// Scheme, host, port and path: a query may hold a secret.
    package var description: String { self.origin + self.path }
}
