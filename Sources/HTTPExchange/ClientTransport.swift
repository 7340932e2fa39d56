#if HTTP
    internal import AsyncHTTPClient
    internal import NIOCore
    internal import NIOHTTP1
    internal import NIOSSL

    /// async-http-client as a transport; to be closed when it is not wanted any more.
    package struct ClientTransport: HTTPTransport {
        private let client: HTTPClient

        /// A client of its own, on the process's shared event loops.
        ///
        /// - Parameter authorities: The certificates, as PEM, of the only authorities that a server may be vouched for by;
        ///   nil for those that the system trusts.
        /// - Throws: ``HTTPFailure`` of the kind `unprepared` when the certificates can't be read.
        package init(authorities: [UInt8]? = nil) throws {
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            // With HTTP/2 a stream that is given up leaves its connection in the pool, and the next request would go out on
            // the very connection that was found dead.
            configuration.httpVersion = .http1Only
            configuration.timeout.connect = .seconds(10)
            // Tried again by the strategy, whose waits are longer and have jitter; and the failure is told at once.
            configuration.connectionPool.retryConnectionEstablishment = false
            if let authorities {
                var tls = TLSConfiguration.makeClientConfiguration()
                do {
                    let certificates = try NIOSSLCertificate.fromPEMBytes(authorities)
                    guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
                    tls.trustRoots = .certificates(certificates)
                } catch {
                    throw HTTPFailure(.unprepared, "The authority's certificate is no PEM that can be read: \(error).")
                }
                configuration.tlsConfiguration = tls
            }
            self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        /// Closes all connections, and does not wait for it.
        ///
        /// Over TLS a closure has an answer, and a server that gives none is waited for during five seconds: a node that
        /// stops does not have them. The client goes when that is over.
        package func close() {
            self.client.shutdown { _ in }
        }

        package func exchange(
            _ request: HTTPRequest,
            take: @escaping @Sendable (HTTPHead, [UInt8]) async throws -> Void
        ) async throws {
            var question = HTTPClientRequest(url: request.url)
            for (name, value) in request.headers { question.headers.add(name: name, value: value) }
            let response: HTTPClientResponse
            do {
                response = try await self.client.execute(question, deadline: .distantFuture)
            } catch {
                throw Self.failure(error)
            }
            let head = HTTPHead(response)
            try await take(head, [])
            // What the taker throws goes through as it is.
            var takerError: (any Error)?
            do {
                for try await piece in response.body {
                    do {
                        try await take(head, Array(piece.readableBytesView))
                    } catch {
                        takerError = error
                        throw error
                    }
                }
            } catch {
                throw takerError ?? Self.failure(error)
            }
        }

        private static func failure(_ error: any Error) -> any Error {
            if Task.isCancelled || error is CancellationError { return CancellationError() }
            switch error {
            case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
                return HTTPFailure(.untrusted, "TLS failed: \(error).")
            case let error as HTTPClientError where error == .tlsHandshakeTimeout:
                return HTTPFailure(.untrusted, "TLS failed: \(error.shortDescription).")
            case let error as HTTPClientError:
                return HTTPFailure(.unreachable, "\(error.shortDescription).")
            default:
                return HTTPFailure(.unreachable, "\(error).")
            }
        }
    }

    extension HTTPHead {
        fileprivate init(_ response: HTTPClientResponse) {
            self.init(
                status: Int(response.status.code),
                headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            )
        }
    }
#endif
