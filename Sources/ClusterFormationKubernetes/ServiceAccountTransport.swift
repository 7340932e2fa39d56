#if Kubernetes
    internal import HTTPExchange

    /// Asks with the token and the authority of a service account.
    ///
    /// Both rotate: the token is read for each request, and the authority's certificate too; the client is made anew when
    /// that has changed. Requests are rare, one in some minutes, and the files are in memory.
    actor ServiceAccountTransport: HTTPTransport {
        private let account: ServiceAccount
        private var current: (authority: [UInt8], client: ClientTransport)?

        init(account: ServiceAccount) {
            self.account = account
        }

        func exchange(
            _ request: HTTPRequest,
            take: @escaping @Sendable (HTTPHead, [UInt8]) async throws -> Void
        ) async throws {
            var request = request
            let token = try ServiceAccount.token(await SmallFile.readInBackground(self.account.tokenPath))
            request.headers["Authorization"] = "Bearer \(token)"
            try await self.client().exchange(request, take: take)
        }

        private func client() async throws -> ClientTransport {
            let authority: [UInt8]
            do {
                authority = try await SmallFile.readInBackground(self.account.authorityPath)
                if let current = self.current, current.authority == authority { return current.client }
                let old = self.current?.client
                let client = try ClientTransport(authorities: authority)
                self.current = (authority, client)
                old?.close()
                return client
            } catch {
                // Read in the middle of its replacement: the one that worked goes on.
                guard let current = self.current else { throw error }
                return current.client
            }
        }

        func close() {
            self.current?.client.close()
            self.current = nil
        }
    }
#endif
