#if CommandLine
    import ClusterFormationTesting

    /// What is looked at in real time is looked at again, for twice as long, while it is not as expected: a machine that
    /// is busy may have held everybody up during the first look.
    func repeated<Result>(
        from span: Int = 2,
        upTo limit: Int = 32,
        _ look: (_ seconds: Int) async throws -> Result,
        until isExpected: (Result) throws -> Bool
    ) async rethrows -> Result {
        var span = span
        while true {
            let result = try await look(span)
            if try span >= limit || isExpected(result) { return result }
            span *= 2
        }
    }

    /// Waits until something holds that nobody tells of, as what a server knows of a session that has ended.
    func waitUntil(_ what: String, _ holds: @escaping @Sendable () async throws -> Bool) async throws {
        try await withTimeout(TestNode.patience) {
            what
        } operation: {
            while try await !holds() { try await Task.sleep(for: .milliseconds(20)) }
        }
    }
#endif
