#if Configuration
    import Foundation
    import Testing

    @testable import ClusterFormationConfiguration

    /// The table in the documentation is what the code says.
    @Suite struct KeyTableTests {
        private let page = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "Sources/ClusterFormationConfiguration/ClusterFormationConfiguration.docc/Keys.md")

        private func documented() throws -> [String] {
            try String(contentsOf: self.page, encoding: .utf8)
                .split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") }
        }

        @Test func `every key is in the documentation, as it is in the code`() throws {
            let documented = Set(try self.documented())
            for row in KeyRow.all { #expect(documented.contains(row.markdown), "missing: \(row.markdown)") }
        }

        @Test func `every key in the documentation is in the code`() throws {
            let rows = Set(KeyRow.all.map(\.markdown))
            let words = Set(StrategyCatalogue.all.map { $0.word })
            for line in try self.documented() where !rows.contains(line) {
                // The keys of strategies that this build has not.
                let key = line.dropFirst(3).prefix { $0 != "`" }
                let word = key.split(separator: ".")[0]
                let isOfAnotherTrait =
                    ["http", "consul", "rancher", "kubernetes", "multicast"].contains(String(word))
                    && !words.contains(String(word))
                #expect(isOfAnotherTrait, "not in the code: \(line)")
            }
        }

        @Test func `no key is in it twice`() throws {
            let documented = try self.documented()
            #expect(Set(documented).count == documented.count)
        }
    }
#endif
