#if HTTP
    internal import ClusterFormationTesting
    internal import NIOCore
    internal import NIOHTTP1
    internal import NIOPosix
    internal import NIOSSL

    /// A server of HTTP on a port of this machine, for as long as a body runs; what it answers is a closure.
    package struct TestServer: Sendable {
        package struct Request: Sendable {
            /// Path and query, as they came.
            package var target: String
            /// By their names in lower case.
            package var headers: [String: String]

            package var path: String { String(self.target.prefix { $0 != "?" }) }

            /// The parameters of the query, decoded.
            package var parameters: [String: String] {
                let query = self.target.drop { $0 != "?" }.dropFirst()
                let pairs = query.split(separator: "&").map { pair in
                    let name = pair.prefix { $0 != "=" }
                    return (Self.decoded(name), Self.decoded(pair.dropFirst(name.count + 1)))
                }
                return Dictionary(pairs) { first, _ in first }
            }

            private static func decoded(_ text: some StringProtocol) -> String {
                var bytes: [UInt8] = []
                var rest = Array(text.utf8)[...]
                while let byte = rest.popFirst() {
                    let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                    if byte == UInt8(ascii: "%"), let value = UInt8(digits, radix: 16) {
                        bytes.append(value)
                        rest = rest.dropFirst(2)
                    } else {
                        bytes.append(byte)
                    }
                }
                return String(decoding: bytes, as: UTF8.self)
            }
        }

        /// Writes one answer.
        package struct Response: Sendable {
            fileprivate let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

            package func begin(status: Int, headers: [String: String] = [:]) async throws {
                var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
                if fields["content-type"].isEmpty { fields.add(name: "Content-Type", value: "application/json") }
                let head = HTTPResponseHead(
                    version: .http1_1,
                    status: HTTPResponseStatus(statusCode: status),
                    headers: fields
                )
                try await self.outbound.write(.head(head))
            }

            package func write(_ text: String) async throws {
                try await self.outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
            }

            package func end() async throws {
                try await self.outbound.write(.end(nil))
            }

            package func answer(status: Int = 200, headers: [String: String] = [:], _ body: String) async throws {
                try await self.begin(status: status, headers: headers)
                try await self.write(body)
                try await self.end()
            }
        }

        /// Answers a request; what it throws breaks the connection.
        package typealias Handler = @Sendable (Request, Response) async throws -> Void

        package struct Identity: Sendable {
            package var certificate: String
            package var key: String

            /// The paths of files.
            package init(certificate: String, key: String) {
                self.certificate = certificate
                self.key = key
            }
        }

        package let port: Int

        /// Runs a body beside a server; with an identity it speaks TLS, and without a port it has one that is free then.
        package static func withServer<Result: Sendable>(
            identity: Identity? = nil,
            port: Int? = nil,
            handler: @escaping Handler,
            _ body: @Sendable (TestServer) async throws -> Result
        ) async throws -> Result {
            let context = try identity.map { identity in
                try NIOSSLContext(
                    configuration: .makeServerConfiguration(
                        certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map {
                            .certificate($0)
                        },
                        privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
                    )
                )
            }
            let server: NIOAsyncChannel<Connection, Never>
            if let port {
                server = try await self.bind(port, context)
            } else {
                server = try await KeptPort.bind { try await self.bind($0, context) }
            }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await self.accept(server, handler) }
                defer { group.cancelAll() }
                return try await body(TestServer(port: server.channel.localAddress?.port ?? 0))
            }
        }

        private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

        private static func bind(_ port: Int, _ context: NIOSSLContext?) async throws
            -> NIOAsyncChannel<Connection, Never>
        {
            try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let context {
                            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                        }
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        }

        private static func accept(_ server: NIOAsyncChannel<Connection, Never>, _ handler: @escaping Handler)
            async throws
        {
            try await withThrowingDiscardingTaskGroup { group in
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { try? await self.serve(connection, handler) }
                    }
                }
            }
        }

        private static func serve(_ connection: Connection, _ handler: Handler) async throws {
            try await connection.executeThenClose { inbound, outbound in
                var request = Request(target: "", headers: [:])
                for try await part in inbound {
                    switch part {
                    case .head(let head):
                        let fields = head.headers.map { ($0.name.lowercased(), $0.value) }
                        request = Request(target: head.uri, headers: Dictionary(fields) { first, _ in first })
                    case .body: break
                    case .end: try await handler(request, Response(outbound: outbound))
                    }
                }
            }
        }
    }
#endif
