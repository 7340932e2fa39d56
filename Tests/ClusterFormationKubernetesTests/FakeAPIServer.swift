#if Kubernetes
    import ClusterFormationTesting
    import HTTPTesting

    /// As much of Kubernetes' API server as is watched here, over TLS, with faults on command.
    ///
    /// Pages, watches in chunks, bookmarks, versions that are forgotten, tokens that rotate, refusals. A real kubectl is
    /// content with it.
    final class FakeAPIServer: Sendable {
        struct Refusal: Sendable {
            var status: Int
            var headers: [String: String] = [:]
            var message = "no"
        }

        struct Seen: Sendable {
            var target: String
            var status: Int
            var isWatch: Bool { self.target.contains("watch=true") }
        }

        /// How a list or a watch is answered.
        enum Behaviour: Sendable {
            case normal
            /// The request is taken and nothing is said.
            case silent
            /// Nothing comes of a watch after its first change, not even its end.
            case deaf
        }

        struct State: Sendable {
            var token = "first"
            var version = 100
            /// By name, as JSON without a version.
            var slices: [String: @Sendable (_ version: Int) -> String] = [:]
            var versions: [String: Int] = [:]
            var events: [(version: Int, line: String)] = []
            /// A watch from before this version is told that it is too old.
            var oldest = 0
            /// Whether it is told so by the status or by an event.
            var tellsExpiryByEvent = false
            /// What the next requests are refused with.
            var refusals: [Refusal] = []
            /// How many tokens of pages run out before one does not.
            var expiringPages = 0
            var behaviour = Behaviour.normal
            /// Raised to end the watches that are under way.
            var watchEnds = 0
            /// Raised to break them.
            var watchBreaks = 0
            var seen: [Seen] = []
        }

        let state = Observed(State())

        /// Puts a slice with addresses of these numbers.
        func put(_ name: String, _ numbers: [Int]) {
            self.state.update { $0.put(name, numbers) }
        }

        func remove(_ name: String) {
            self.state.update { state in
                guard let make = state.slices.removeValue(forKey: name) else { return }
                state.version += 1
                state.events.append((state.version, JSON.event("DELETED", make(state.version))))
            }
        }

        /// Breaks the watches, puts a slice, and forgets how that came about, as etcd does when it is compacted.
        func putUnwatched(_ name: String, _ numbers: [Int]) {
            self.state.update { state in
                state.watchBreaks += 1
                state.put(name, numbers)
                state.oldest = state.version
                state.events = []
            }
        }

        func handle(_ request: TestServer.Request, _ response: TestServer.Response) async throws {
            // What counts as later is what comes after the request was seen: a test waits for that, and goes on.
            let (refusal, now) = self.state.update { state -> (Refusal?, State) in
                var refusal = state.refusals.isEmpty ? nil : state.refusals.removeFirst()
                if refusal == nil, request.headers["authorization"] != "Bearer \(state.token)" {
                    refusal = Refusal(status: 401, message: "Unauthorized")
                }
                state.seen.append(Seen(target: request.target, status: refusal?.status ?? 200))
                return (refusal, state)
            }
            if let refusal {
                let body = JSON.status(refusal.status, refusal.message)
                return try await response.answer(status: refusal.status, headers: refusal.headers, body)
            }
            if case .silent = now.behaviour { try await self.state.wait { $0.watchBreaks < 0 } }
            switch request.path {
            case "/api": try await response.answer(#"{"kind":"APIVersions","versions":["v1"]}"#)
            case "/api/v1":
                try await response.answer(#"{"kind":"APIResourceList","groupVersion":"v1","resources":[]}"#)
            case "/apis": try await response.answer(Discovery.groups)
            case "/apis/discovery.k8s.io/v1": try await response.answer(Discovery.resources)
            case "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices":
                if ["true", "1"].contains(request.parameters["watch"]) {
                    try await self.watch(request, response, from: now)
                } else {
                    try await self.list(request, response)
                }
            default: try await response.answer(status: 404, JSON.status(404, "not found"))
            }
        }

        private func list(_ request: TestServer.Request, _ response: TestServer.Response) async throws {
            let answer = self.state.update { state -> (status: Int, body: String) in
                let start = request.parameters["continue"].flatMap(Int.init) ?? 0
                if start > 0, state.expiringPages > 0 {
                    state.expiringPages -= 1
                    return (410, JSON.status(410, "The provided continue parameter is too old"))
                }
                let names = state.slices.keys.sorted()
                let end = min(names.count, start + (request.parameters["limit"].flatMap(Int.init) ?? names.count))
                let items = names[min(start, end)..<end].map { state.slices[$0]?(state.versions[$0] ?? 1) ?? "" }
                let continuation = end < names.count ? "\(end)" : ""
                return (200, JSON.list(items, version: state.version, continuation: continuation))
            }
            try await response.answer(status: answer.status, answer.body)
        }

        private func watch(
            _ request: TestServer.Request,
            _ response: TestServer.Response,
            from now: State
        ) async throws {
            var last = request.parameters["resourceVersion"].flatMap(Int.init) ?? now.version
            if last < now.oldest {
                let status = JSON.status(410, "too old resource version")
                guard now.tellsExpiryByEvent else { return try await response.answer(status: 410, status) }
                return try await response.answer(JSON.event("ERROR", status) + "\n")
            }
            try await response.begin(status: 200)
            while true {
                let (ends, breaks, seen) = (now.watchEnds, now.watchBreaks, last)
                try await self.state.wait { $0.version > seen || $0.watchEnds != ends || $0.watchBreaks != breaks }
                let state = self.state.value
                if state.watchBreaks != breaks { throw CancellationError() }
                for (version, line) in state.events where version > last {
                    // In two pieces, cut anywhere: a line is not a chunk.
                    let middle = line.index(line.startIndex, offsetBy: line.count / 3)
                    try await response.write(String(line[..<middle]))
                    try await response.write(String(line[middle...]) + "\n")
                }
                if state.version > last, request.parameters["allowWatchBookmarks"] == "true" {
                    try await response.write(JSON.bookmark(state.version) + "\n")
                }
                last = max(last, state.version)
                if case .deaf = now.behaviour { try await self.state.wait { $0.watchBreaks < 0 } }
                if state.watchEnds != ends { return try await response.end() }
            }
        }

        /// What kubectl asks before it asks for anything else.
        private enum Discovery {
            static let groups =
                #"{"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"discovery.k8s.io","#
                + #""versions":[{"groupVersion":"discovery.k8s.io/v1","version":"v1"}],"#
                + #""preferredVersion":{"groupVersion":"discovery.k8s.io/v1","version":"v1"}}]}"#
            static let resources =
                #"{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"discovery.k8s.io/v1","#
                + #""resources":[{"name":"endpointslices","singularName":"endpointslice","namespaced":true,"#
                + #""kind":"EndpointSlice","verbs":["get","list","watch"]}]}"#
        }
    }

    extension FakeAPIServer.State {
        mutating func put(_ name: String, _ numbers: [Int]) {
            let isNew = self.slices[name] == nil
            self.version += 1
            let make: @Sendable (Int) -> String = { version in
                let endpoints = numbers.map { JSON.endpoint("10.244.0.\($0)", pod: "orders-\($0)") }
                return JSON.slice(name, version: version, endpoints: endpoints)
            }
            self.slices[name] = make
            self.versions[name] = self.version
            self.events.append((self.version, JSON.event(isNew ? "ADDED" : "MODIFIED", make(self.version))))
        }
    }
#endif
