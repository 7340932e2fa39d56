/// One question to a server: always a GET.
package struct HTTPRequest: Sendable, Hashable {
    /// The whole address, with its query.
    package var url: String

    /// Header fields; values may be secrets and go into no log.
    package var headers: [String: String]

    package init(url: String, headers: [String: String] = [:]) {
        self.url = url
        self.headers = headers
    }
}
