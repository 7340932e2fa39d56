import ClusterFormation
import HTTPExchange
import Testing

@testable import ClusterFormationKubernetes

@Suite struct APIQueryTests {
    @Test("A list asks for pages, and for the next one by its token, escaped")
    func list() throws {
        let base = "https://10.96.0.1:443/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
        let selector = "labelSelector=kubernetes.io%2Fservice-name%3Dorders"
        #expect(try APIQuery.orders().list(continuation: nil).url == "\(base)?\(selector)&limit=100")
        #expect(
            try APIQuery.orders().list(continuation: "a+b=").url == "\(base)?\(selector)&limit=100&continue=a%2Bb%3D"
        )
    }

    @Test("A watch begins at a version, with bookmarks and an end")
    func watch() throws {
        let url = try APIQuery.orders().watch(from: "12", timeout: 300).url
        #expect(url.hasSuffix("&watch=true&allowWatchBookmarks=true&resourceVersion=12&timeoutSeconds=300"))
    }

    @Test("The server is taken from a pod's environment, an IPv6 address in brackets")
    func environment() throws {
        func server(_ environment: [String: String]) throws -> String {
            try APIServer.address(configured: nil, environment: environment).origin
        }
        #expect(try server(["KUBERNETES_SERVICE_HOST": "10.96.0.1"]) == "https://10.96.0.1:443")
        #expect(
            try server(["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"])
                == "https://[fd00::1]:6443"
        )
        #expect(throws: ClusterError.self) { try server([:]) }
        #expect(throws: ClusterError.self) { try server(["KUBERNETES_SERVICE_HOST": "a b"]) }
        #expect(throws: ClusterError.self) { try APIServer.address(configured: "http://10.96.0.1", environment: [:]) }
    }
}
