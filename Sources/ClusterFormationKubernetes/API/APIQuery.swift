internal import HTTPExchange

/// What is listed and watched: objects of one kind in one namespace, by a selector.
struct APIQuery: Sendable, Hashable {
    var server: WebAddress
    var kind: APIKind
    var namespace: String
    var selector: String

    func list(continuation: String?) -> HTTPRequest {
        self.request(
            [("limit", "\(APIPage.size)")] + (continuation.map { [("continue", $0)] } ?? [])
        )
    }

    func watch(from resourceVersion: String, timeout: Int) -> HTTPRequest {
        self.request([
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
            ("timeoutSeconds", "\(timeout)"),
        ])
    }

    private func request(_ parameters: [(String, String)]) -> HTTPRequest {
        let components = self.kind.path + ["namespaces", self.namespace, self.kind.resource]
        let url = self.server.url(components, parameters: [("labelSelector", self.selector)] + parameters)
        return HTTPRequest(url: url, headers: ["Accept": "application/json", "User-Agent": "swift-cluster-formation"])
    }
}
