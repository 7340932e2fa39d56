#if Hummingbird
    import ClusterFormationTesting
    import Foundation

    /// Commands to a browser and its answers: objects of JSON with a zero byte after each.
    final class DevToolsConnection: Sendable {
        struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        private struct State: Sendable {
            var lastID = 0
            var answers: [Int: Data] = [:]
            var isClosed = false
        }

        private let input: FileHandle
        private let state = Observed(State())

        init(input: FileHandle) {
            self.input = input
        }

        /// Takes what the browser says, on a thread of its own, to the end.
        func read(_ output: FileHandle) {
            Thread.detachNewThread {
                var rest = Data()
                while case let data = output.availableData, !data.isEmpty {
                    rest += data
                    while let end = rest.firstIndex(of: 0) {
                        self.take(Data(rest[..<end]))
                        rest = Data(rest[rest.index(after: end)...])
                    }
                }
                try? output.close()
                self.state.update { $0.isClosed = true }
            }
        }

        private func take(_ message: Data) {
            struct Head: Decodable { var id: Int? }
            // What has no number is an event, which nobody here asks for.
            guard let id = try? JSONDecoder().decode(Head.self, from: message).id else { return }
            self.state.update { $0.answers[id] = message }
        }

        /// Calls a method and returns its result.
        @discardableResult
        func call(
            _ method: String,
            _ parameters: [String: any Sendable] = [:],
            session: String? = nil
        ) async throws -> [String: Any] {
            let id = self.state.update { state in
                state.lastID += 1
                return state.lastID
            }
            var command: [String: Any] = ["id": id, "method": method, "params": parameters]
            if let session { command["sessionId"] = session }
            try self.input.write(contentsOf: JSONSerialization.data(withJSONObject: command) + [0])
            try await self.state.wait(within: .seconds(120)) { _ in
                "the browser's answer to \(method)"
            } until: {
                $0.answers[id] != nil || $0.isClosed
            }
            guard let answer = self.state.update({ $0.answers.removeValue(forKey: id) }) else {
                throw Failure(description: "The browser has ended before it answered \(method).")
            }
            let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
            guard let result = object?["result"] as? [String: Any] else {
                throw Failure(description: "\(method): \(String(decoding: answer, as: UTF8.self))")
            }
            return result
        }
    }
#endif
