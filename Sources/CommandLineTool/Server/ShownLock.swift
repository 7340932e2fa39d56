#if CommandLine
    /// A lock by which a node shows that its session lives: the server's own word, under keys that are hashes.
    struct ShownLock: Hashable, Sendable {
        /// The hash of the cluster's name.
        var cluster: Int32
        /// The part of the instance's random bits that tells it apart.
        var instance: Int32
        /// The session that holds it.
        var processID: Int32
    }
#endif
