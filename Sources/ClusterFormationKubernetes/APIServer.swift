internal import ClusterFormation
internal import HTTPExchange

/// Where the API server is.
enum APIServer {
    /// The address that is configured, or the one that every pod is told in its environment.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    static func address(configured: String?, environment: [String: String]) throws -> WebAddress {
        let text: String
        if let configured {
            text = configured
        } else {
            guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty else {
                throw ClusterError(
                    code: .invalidConfiguration,
                    message: "The variable KUBERNETES_SERVICE_HOST is not set, so this is no pod of Kubernetes; "
                        + "outside of one, set server in the configuration."
                )
            }
            let port = environment["KUBERNETES_SERVICE_PORT"].flatMap { $0.isEmpty ? nil : $0 } ?? "443"
            // The variable has IPv6 addresses without brackets.
            text = host.contains(":") && !host.hasPrefix("[") ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
        }
        let address = try WebAddress(text)
        guard address.isSecure else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The API server is asked by https only: the service account's token would be read by anybody."
            )
        }
        return address
    }
}
