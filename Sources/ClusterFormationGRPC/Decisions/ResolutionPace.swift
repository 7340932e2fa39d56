#if GRPC
    /// How often lists are repeated and names looked up.
    struct ResolutionPace: Sendable {
        /// After this time the client is given the list again; nil: never.
        var repeatInterval: Duration?
        /// Whether a server in its next life gets a new connection; false shows in tests what the client does without.
        var renewsRestarted = true
        /// A server whose lives are not known gets a new connection after this time.
        var renewalInterval: Duration = .seconds(300)
        /// A name is looked up again after this time: what is behind it may have moved.
        var lookupInterval: Duration = .seconds(30)
        /// After a failure it is asked again this soon, and after twice as long with each further one.
        var firstRetry: Duration = .seconds(1)
    }
#endif
