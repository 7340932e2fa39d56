/// A port for a server of a test that stops and comes back.
package enum KeptPort {
    /// Below the ports that a system gives to whoever asks for none, so that nobody is given it by chance while its server
    /// is away: Linux begins at 32,768, others at 49,152 (RFC 6335, section 6).
    private static let range = 10_000..<32_000

    /// Binds at a port of that range; one that is in use is followed by another.
    ///
    /// - Throws: What the last of twenty attempts throws.
    package static func bind<Bound>(
        isolation: isolated (any Actor)? = #isolation,
        _ bind: (_ port: Int) async throws -> Bound
    ) async throws -> Bound {
        for _ in 1..<20 {
            try Task.checkCancellation()
            if let bound = try? await bind(.random(in: self.range)) { return bound }
        }
        return try await bind(.random(in: self.range))
    }

    /// The same for who waits for nothing.
    package static func bind<Bound>(_ bind: (_ port: Int) throws -> Bound) throws -> Bound {
        for _ in 1..<20 {
            if let bound = try? bind(.random(in: self.range)) { return bound }
        }
        return try bind(.random(in: self.range))
    }
}
