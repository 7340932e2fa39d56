#if GRPC
    import ClusterFormation
    import GRPCNIOTransportHTTP2
    import Testing

    @testable import ClusterFormationGRPC

    struct ClusterTargetTests {
        private func target(
            port: ClusterTarget.Port = .endpoint,
            authority: String? = nil,
            repeatInterval: Duration = .seconds(1)
        ) throws -> ClusterTarget {
            try .cluster(cluster(of: ToldStrategy()), port: port, authority: authority, repeatInterval: repeatInterval)
        }

        @Test func `an authority is passed on, and there is none unless one is given`() throws {
            let resolver = ClusterResolver()
            #expect(
                resolver.resolver(for: try self.target(authority: "orders.internal:443")).authority
                    == "orders.internal:443"
            )
            #expect(resolver.resolver(for: try self.target()).authority == nil)
            #expect(resolver.resolver(for: try self.target()).updateMode == .push)
        }

        @Test(arguments: ["", "two words", "orders\r\nevil: 1", "zürich", String(repeating: "a", count: 256)])
        func `an authority that is none is refused`(_ authority: String) throws {
            let error = #expect(throws: ClusterError.self) { try self.target(authority: authority) }
            #expect(error?.code == .invalidConfiguration)
        }

        @Test func `a repetition that never stops and a key that is none are refused`() throws {
            #expect(throws: ClusterError.self) { try self.target(repeatInterval: .milliseconds(99)) }
            #expect(throws: ClusterError.self) { try self.target(port: .metadata("")) }
            _ = try self.target(port: .metadata("grpc"), repeatInterval: .milliseconds(100))
        }

        @Test func `the registry knows clusters, besides what it knows by default`() throws {
            #expect(NameResolverRegistry.clusters.count == NameResolverRegistry.defaults.count + 1)
            #expect(NameResolverRegistry.clusters.makeResolver(for: try self.target()) != nil)
        }

        @Test func `a transport takes a target in each form in which it may be written`() throws {
            let cluster = try cluster(of: ToldStrategy())
            let target = try ClusterTarget(cluster)
            _ = try HTTP2ClientTransport.Posix(target: .cluster(cluster), transportSecurity: .plaintext)
            _ = try HTTP2ClientTransport.Posix(target: target, transportSecurity: .plaintext)
            _ = try HTTP2ClientTransport.Posix(
                target: target,
                transportSecurity: .plaintext,
                resolverRegistry: .clusters
            )
            let transport: HTTP2ClientTransport.Posix = try .http2NIOPosix(
                target: .cluster(cluster),
                transportSecurity: .plaintext
            )
            _ = transport
        }
    }
#endif
