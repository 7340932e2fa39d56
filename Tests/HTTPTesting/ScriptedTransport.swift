package import ClusterFormationTesting
package import HTTPExchange

/// A transport whose answers a test writes, and whose questions it sees.
package struct ScriptedTransport: HTTPTransport {
    package typealias Take = @Sendable (_ head: HTTPHead, _ piece: [UInt8]) async throws -> Void
    package typealias Script = @Sendable (_ number: Int, _ request: HTTPRequest, _ take: Take) async throws -> Void

    /// What was asked, in order.
    package let requests = Observed<[HTTPRequest]>([])

    /// Whether it was closed.
    package let isClosed = Observed(false)

    private let script: Script

    /// - Parameter script: Answers the request of a number, from zero.
    package init(_ script: @escaping Script) {
        self.script = script
    }

    package func exchange(_ request: HTTPRequest, take: @escaping Take) async throws {
        let number = self.requests.update { requests in
            requests.append(request)
            return requests.count - 1
        }
        try await self.script(number, request, take)
    }

    package func close() async { self.isClosed.update { $0 = true } }

    /// Waits until so many requests have been made.
    package func waitForRequests(_ count: Int) async throws {
        try await self.requests.wait(within: .seconds(60)) {
            "\(count) requests; there were \($0.map(\.url))"
        } until: {
            $0.count >= count
        }
    }

    /// Waits until the task is cancelled.
    package static func hang() async throws {
        try await Observed(false).wait { $0 }
    }
}
