#if CommandLine
    internal import ClusterFormation
    internal import Foundation
    internal import Locking

    #if canImport(FoundationNetworking)
        internal import FoundationNetworking
    #endif

    /// One document over HTTP, of a bounded size and within a bounded time, by Foundation's client: that is good enough for a
    /// tool, and costs no package.
    final class BoundedFetch: NSObject, URLSessionDataDelegate {
        private struct State {
            var body = Data()
            var status = 0
            var failure: ToolError?
            var waiter: CheckedContinuation<Data, any Error>?
        }

        /// A status of some thousand peers has about a megabyte.
        static let sizeLimit = 16 << 20

        private let state = Locked(State())

        private override init() { super.init() }

        static func document(at url: URL, within limit: Duration) async throws -> Data {
            let fetch = BoundedFetch()
            let configuration = URLSessionConfiguration.ephemeral
            configuration.timeoutIntervalForRequest = limit / .seconds(1)
            configuration.timeoutIntervalForResource = limit / .seconds(1)
            let session = URLSession(configuration: configuration, delegate: fetch, delegateQueue: nil)
            defer { session.invalidateAndCancel() }
            var request = URLRequest(url: url)
            request.setValue("application/json", forHTTPHeaderField: "Accept")
            let task = session.dataTask(with: request)
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { waiter in
                    fetch.state.withLock { $0.waiter = waiter }
                    task.resume()
                }
            } onCancel: {
                task.cancel()
            }
        }

        func urlSession(
            _ session: URLSession,
            task: URLSessionTask,
            willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest,
            completionHandler: @escaping (URLRequest?) -> Void
        ) {
            // To where somebody else says, the question does not go.
            completionHandler(nil)
        }

        func urlSession(
            _ session: URLSession,
            dataTask: URLSessionDataTask,
            didReceive response: URLResponse,
            completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
        ) {
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            self.state.withLock { $0.status = status }
            completionHandler(.allow)
        }

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            let isTooMuch = self.state.withLock { state in
                guard state.body.count + data.count <= Self.sizeLimit else {
                    state.failure = ToolError(.failed, "the answer has more than \(Self.sizeLimit >> 20) MiB")
                    return true
                }
                state.body += data
                return false
            }
            if isTooMuch { dataTask.cancel() }
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            let (waiter, result) = self.state.withLock {
                state -> (CheckedContinuation<Data, any Error>?, Result<Data, ToolError>) in
                defer { state.waiter = nil }
                if let failure = state.failure { return (state.waiter, .failure(failure)) }
                if let error { return (state.waiter, .failure(ToolError(.failed, Self.words(for: error)))) }
                guard state.status == 200 else {
                    let hint = (300..<400).contains(state.status) ? "; redirects are not followed" : ""
                    return (state.waiter, .failure(ToolError(.failed, "the answer is HTTP \(state.status)\(hint)")))
                }
                return (state.waiter, .success(state.body))
            }
            waiter?.resume(with: result.mapError { $0 as any Error })
        }

        private static func words(for error: any Error) -> String {
            guard let error = error as? URLError else { return "\(error)" }
            return switch error.code {
            case .timedOut: "no answer in time"
            case .cannotConnectToHost: "nobody listens there"
            case .cannotFindHost: "no such host"
            default: error.localizedDescription
            }
        }
    }
#endif
