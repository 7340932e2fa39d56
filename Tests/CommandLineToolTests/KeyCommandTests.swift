#if CommandLine
    import ArgumentParser
    import ClusterAnnouncements
    import Foundation
    import Testing

    @testable import CommandLineTool

    @Suite struct KeyCommandTests {
        @Test func `A generated key is a key, and another one each time`() async throws {
            let (one, other) = (try await ToolRun("key", "generate"), try await ToolRun("key", "generate"))
            #expect(one.status == .done)
            _ = try ClusterKey(text: one.text)
            #expect(one.text != other.text)
            let document = try await ToolRun("key", "generate", "--json").document()
            #expect(document["version"] as? Int == 1)
            _ = try ClusterKey(text: document["key"] as? String ?? "")
        }

        @Test func `A key is told by its id, which depends on the cluster, and is never printed`() async throws {
            let key = try await ToolRun("key", "generate").text
            let environment = ["CLUSTER_KEY": key]
            let orders = try await ToolRun("key", "check", "--cluster", "orders", environment: environment)
            let stock = try await ToolRun("key", "check", "--cluster", "stock", environment: environment)
            #expect(orders.status == .done)
            #expect(orders.text != stock.text)
            #expect(orders.text.contains(try ClusterKey(text: key).id(inCluster: "orders")))
            #expect(!orders.text.contains(key))
        }

        @Test func `A bad key is a no, and is not printed`() async throws {
            for json in [[], ["--json"]] {
                let run = try await ToolRun(["key", "check"] + json, environment: ["CLUSTER_KEY": "hush-hush"])
                #expect(run.status == .no)
                #expect(!(run.output + run.errors).joined().contains("hush"))
            }
            let file = FileManager.default.temporaryDirectory.path + "/cf-key-\(UInt64.random(in: .min ... .max))"
            #expect(try await ToolRun("key", "check", "--key-file", file).status == .no)
            try Data(repeating: UInt8(ascii: "a"), count: 64).write(to: URL(filePath: file))
            defer { try? FileManager.default.removeItem(atPath: file) }
            #expect(try await ToolRun("key", "check", "--key-file", file).status == .no)
        }

        @Test func `No key at all is wrong usage`() async throws {
            #expect(try await ToolRun("key", "check").status == .usage)
            #expect(try await ToolRun("key", "check", "--key-environment", "NOWHERE").status == .usage)
            let two = ["key", "check", "--key-environment", "A", "--key-environment", "B"]
            let key = try await ToolRun("key", "generate").text
            #expect(try await ToolRun(two, environment: ["A": key, "B": key]).status == .usage)
            #expect(throws: (any Error).self) {
                try ClusterFormationTool.parseAsRoot(["key", "check", "--key-environment", "A", "--key-file", "b"])
            }
        }
    }
#endif
