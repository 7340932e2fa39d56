import Testing

@testable import LibPQ

struct HostListTests {
    private func places(_ options: [String: String]) throws -> [String] {
        try HostList(options).hosts.map { "\($0.host)|\($0.address)|\($0.port)" }
    }

    @Test func `Hosts, addresses and ports are matched by their places in the lists`() throws {
        #expect(try self.places(["host": "a,b", "port": "7"]) == ["a||7", "b||7"])
        #expect(try self.places(["host": "db1,db2", "port": "5433,"]) == ["db1||5433", "db2||"])
        #expect(
            try self.places(["host": "a,b,", "hostaddr": ",,10.0.0.3", "port": "1,2,3"]) == [
                "a||1", "b||2", "|10.0.0.3|3",
            ]
        )
        #expect(
            try self.places(["hostaddr": "10.0.0.1,10.0.0.2", "port": "5432"]) == ["|10.0.0.1|5432", "|10.0.0.2|5432"]
        )
        #expect(try self.places(["host": "a,b", "hostaddr": "", "port": ""]) == ["a||", "b||"])
        #expect(try self.places([:]) == ["||"])
    }

    @Test(arguments: [
        ["host": "a,b", "hostaddr": "10.0.0.1"], ["host": "a", "hostaddr": "10.0.0.1,10.0.0.2"],
        ["host": "a,b", "port": "1,2,3"], ["port": "1,2"],
    ])
    func `Lists that do not fit together are refused`(_ options: [String: String]) {
        let error = #expect(throws: LibPQError.self) { try HostList(options) }
        #expect(error?.kind == .invalidConnectionString)
    }

    @Test(arguments: [
        ("db1", true), ("localhost", true), ("10.0.0.1", false), ("::1", false), ("fe80::1%eth0", false), ("", false),
        ("/run/postgresql", false), ("@abstract", false),
    ])
    func `Only names are looked up`(_ host: String, _ isName: Bool) {
        #expect(HostAddress(host: host, address: "", port: "").needsLookUp == isName)
        #expect(!HostAddress(host: host, address: "10.0.0.1", port: "").needsLookUp)
    }
}
