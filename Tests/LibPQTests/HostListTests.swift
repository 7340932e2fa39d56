import Testing

@testable import LibPQ

struct HostListTests {
    @Test func `Hosts are found again by what libpq says of them, and the rest can be cut off`() {
        let list = HostList(["host": "a,b,", "hostaddr": ",,10.0.0.3", "port": "1,2,3"])
        #expect(list.count == 3)
        #expect(list.position(host: "b", port: "2") == 1)
        #expect(list.position(host: "10.0.0.3", port: "3") == 2)
        #expect(list.position(host: "b", port: "9") == nil)
        #expect(list.after(0)?.keywords.map(\.1) == ["b,", ",10.0.0.3", "2,3"])
        #expect(list.after(2) == nil)
        #expect(list.name(of: 2) == "10.0.0.3")
        #expect(HostList([:]).count == 1)
    }

    @Test func `One port serves all hosts`() {
        #expect(HostList(["host": "a,b", "port": "7"]).position(host: "b", port: "7") == 1)
    }
}
