#if Configuration
    internal import ClusterFormation

    /// What is wrong with a key; a user sees it as a `ClusterError`.
    struct KeyError: Error, Sendable {
        /// What is wrong and what to do about it; it names the key, and is never a secret.
        var message: String
        var code: ClusterError.Code

        init(_ message: String, code: ClusterError.Code = .invalidConfiguration) {
            self.message = message
            self.code = code
        }
    }
#endif
