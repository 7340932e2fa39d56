#if CommandLine
    import ClusterFormation
    import Testing

    @testable import CommandLineTool

    @Suite(.timeLimit(.minutes(1))) struct StatusCommandTests {
        private static let document = """
            {"version":1,"cluster_name":"orders","links_peers":true,"is_observer":false,"phase":"running","uptime_seconds":62.5,\
            "local_node":{"endpoint":"10.0.3.7:7337","metadata":{}},"refused_peers":0,\
            "peers":[{"node":{"endpoint":"10.0.3.8:7337","metadata":{"zone":"a"}},\
            "link":{"state":"retrying","failures":3,"retry_in_seconds":1.25,"last_error":"refused"},\
            "strategies":["postgres"]},\
            {"node":{"endpoint":"10.0.3.9:7337","metadata":{}},"link":{"state":"connected"},"strategies":["postgres"]}],\
            "strategies":[{"name":"postgres","condition":{"state":"impaired","code":"standby","message":"Name the primary."}}]}
            """

        @Test func `A node's status is shown`() async throws {
            try await OneAnswerServer.withServer(answer: Self.document) { server in
                let run = try await ToolRun("status", "http://127.0.0.1:\(server.port)/status")
                #expect(run.status == .done)
                #expect(run.text.contains("Cluster orders, seen from 10.0.3.7:7337: running for 62 s"))
                #expect(run.text.contains("3 failed, next in 1.3 s: refused"))
                #expect(run.text.contains("Name the primary."))
                #expect(run.text.contains("2 known, 1 of them linked."))
            }
        }

        @Test func `As JSON it is the one document`() async throws {
            try await OneAnswerServer.withServer(answer: Self.document) { server in
                let run = try await ToolRun("status", "http://127.0.0.1:\(server.port)/status", "--json")
                #expect(try run.document()["version"] as? Int == 1)
                #expect(try run.document()["cluster_name"] as? String == "orders")
            }
        }

        @Test func `Whatever else answers is an error`() async throws {
            for (code, answer, words) in [
                (200, "hello", "no status"), (200, #"{"version":2}"#, "version 2"), (404, "", "HTTP 404"),
                (302, "", "redirects are not followed"),
            ] {
                try await OneAnswerServer.withServer(code: code, answer: answer) { server in
                    let run = try await ToolRun("status", "http://127.0.0.1:\(server.port)/status")
                    #expect(run.status == .failed)
                    #expect(run.output.isEmpty)
                    #expect(run.errors.first?.contains(words) == true, "\(run.errors)")
                }
            }
            #expect(try await ToolRun("status", "http://127.0.0.1:1/").status == .failed)
            for url in ["ftp://a/b", "status", "http:///x"] {
                #expect(try await ToolRun("status", url).status == .usage)
            }
        }

        @Test func `An endless answer and none at all have an end`() async throws {
            try await OneAnswerServer.withServer(answer: String(repeating: "x", count: BoundedFetch.sizeLimit + 1)) {
                server in
                let run = try await ToolRun("status", "http://127.0.0.1:\(server.port)/", "--timeout", "60s")
                #expect(run.errors.first?.contains("MiB") == true, "\(run.errors)")
            }
            try await OneAnswerServer.withServer(answer: nil) { server in
                let run = try await ToolRun("status", "http://127.0.0.1:\(server.port)/", "--timeout", "300ms")
                #expect(run.status == .failed)
            }
        }
    }
#endif
