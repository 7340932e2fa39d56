import Testing

@testable import LibPQ

struct ConnectPlanTests {
    private static let silence = LibPQError(.connectTimedOut, "silence")
    private static let refused = LibPQError(.unreachable, "refused")

    private func host(_ name: String, _ address: String = "") -> HostAddress {
        HostAddress(host: name, address: address, port: "1")
    }

    /// Runs a plan on a map of names to its end, or until it is cut short at some place; returns where it went.
    private func walk(
        _ plan: inout ConnectPlan,
        names: [String: [String]] = [:],
        limit: Int = .max,
        outcome: (HostAddress) -> LibPQError? = { _ in Self.silence }
    ) -> (visited: [String], error: LibPQError?) {
        var visited: [String] = []
        var step = plan.next()
        while true {
            switch step {
            case .lookUp(let host):
                if let addresses = names[host.host] {
                    step = plan.found(addresses)
                } else {
                    step = plan.failed(LibPQError(.hostNotFound, "no such host"))
                }
            case .connect(let place, _):
                visited.append(place.address.isEmpty ? place.host : place.address)
                guard visited.count < limit, let error = outcome(place) else { return (visited, nil) }
                if error.kind == .wrongServerRole {
                    step = plan.wasUnsuitable(because: error.message)
                } else {
                    step = plan.failed(error)
                }
            case .giveUp(let error): return (visited, error)
            }
        }
    }

    @Test func `All addresses of all hosts are tried from left to right`() {
        var plan = ConnectPlan(
            hosts: [self.host("a"), self.host("nowhere"), self.host("/socket"), self.host("b")],
            role: nil
        )
        let walk = self.walk(&plan, names: ["a": ["10.0.0.1", "::1"], "b": ["10.0.0.2"]])
        #expect(walk.visited == ["10.0.0.1", "::1", "/socket", "10.0.0.2"])
        #expect(walk.error?.kind == .hostNotFound)
        #expect(walk.error?.message == "silence; no such host")
    }

    @Test func `A name stays beside its address, for certificates and the password file`() {
        var plan = ConnectPlan(hosts: [self.host("a")], role: nil)
        #expect(plan.next() == .lookUp(self.host("a")))
        #expect(plan.found(["10.0.0.1"]) == .connect(self.host("a", "10.0.0.1"), .any))
    }

    @Test func `Where there is a choice the primary is meant, unless something else was said`() {
        var several = ConnectPlan(hosts: [self.host("/a"), self.host("/b")], role: nil)
        #expect(several.next() == .connect(self.host("/a"), .primary))
        var one = ConnectPlan(hosts: [self.host("/a")], role: nil)
        #expect(one.next() == .connect(self.host("/a"), .any))
        var addresses = ConnectPlan(hosts: [self.host("a")], role: nil)
        _ = addresses.next()
        #expect(addresses.found(["10.0.0.1", "10.0.0.2"]) == .connect(self.host("a", "10.0.0.1"), .primary))
        for role in [ServerRole.any, .standby, .readWrite] {
            var plan = ConnectPlan(hosts: [self.host("/a"), self.host("/b")], role: role)
            #expect(plan.next() == .connect(self.host("/a"), role))
        }
    }

    @Test(arguments: [
        (LibPQError(.server, sqlState: "28P01", "x"), true), (LibPQError(.server, sqlState: "3D000", "x"), true),
        (LibPQError(.server, sqlState: "53300", "x"), true), (LibPQError(.server, sqlState: "57P03", "x"), false),
        (LibPQError(.authentication, "x"), true), (LibPQError(.tls, "x"), true), (LibPQError(.other, "x"), true),
        (LibPQError(.invalidConnectionString, "x"), true), (LibPQError(.unreachable, "x"), false),
        (LibPQError(.connectTimedOut, "x"), false), (LibPQError(.connectionLost, "x"), false),
    ])
    func `A server's refusal ends the search, its absence does not`(_ error: LibPQError, _ ends: Bool) {
        var plan = ConnectPlan(hosts: [self.host("/a"), self.host("/b")], role: nil)
        _ = plan.next()
        let step = plan.failed(error)
        #expect(step == (ends ? .giveUp(error) : .connect(self.host("/b"), .primary)))
    }

    @Test func `A server of the wrong kind is passed over, and named if there is no other`() {
        var plan = ConnectPlan(hosts: [self.host("/a"), self.host("/b")], role: nil)
        let walk = self.walk(&plan) { place in
            place.host == "/a" ? LibPQError(.wrongServerRole, "a standby") : Self.refused
        }
        #expect(walk.visited == ["/a", "/b"])
        #expect(walk.error?.kind == .wrongServerRole)
        #expect(walk.error?.message == "/a, port 1: a standby; refused")
    }

    @Test func `prefer-standby takes another in the second pass, and only one that answered`() {
        var plan = ConnectPlan(hosts: ["/a", "/b", "/c"].map { self.host($0) }, role: .preferStandby)
        var roles: [ServerRole] = []
        var step = plan.next()
        for _ in 0..<3 {
            guard case .connect(let place, let role) = step else { break }
            roles.append(role)
            step = place.host == "/b" ? plan.wasUnsuitable(because: "no standby") : plan.failed(Self.refused)
        }
        #expect(roles == [.preferStandby, .preferStandby, .preferStandby])
        #expect(step == .connect(self.host("/b"), .any))
        guard case .giveUp = plan.failed(Self.refused) else { return #expect(Bool(false), "it ends after that") }
    }

    @Test func `Of four hosts of which three are silent the fourth has its turn though every attempt is cut short`() {
        for limit in 1...4 {
            let hosts = ["/a", "/b", "/c", "/d"].map { self.host($0) }
            var tried = TriedHosts()
            var visited: [String] = []
            for _ in 0..<4 where !visited.contains("/d") {
                var plan = ConnectPlan(hosts: hosts, role: nil, tried: tried)
                visited += self.walk(&plan, limit: limit).visited
                tried = plan.tried
            }
            #expect(visited.contains("/d"), "\(limit): \(visited)")
            #expect(visited.firstIndex(of: "/d") == 3, "\(limit): \(visited)")
        }
    }

    @Test func `So has the last address of a name`() {
        var tried = TriedHosts()
        var visited: [String] = []
        for _ in 0..<5 {
            var plan = ConnectPlan(hosts: [self.host("a"), self.host("/b")], role: nil, tried: tried)
            visited += self.walk(&plan, names: ["a": ["1", "2", "3"]], limit: 1).visited
            tried = plan.tried
        }
        #expect(visited == ["1", "2", "3", "/b", "1"])
    }

    @Test func `After a whole round in vain the next begins with the first again`() {
        var plan = ConnectPlan(hosts: [self.host("/a"), self.host("b")], role: nil)
        let first = self.walk(&plan, names: ["b": ["1", "2"]]).visited
        plan = ConnectPlan(hosts: [self.host("/a"), self.host("b")], role: nil, tried: plan.tried)
        #expect(self.walk(&plan, names: ["b": ["1", "2"]]).visited == first)
        #expect(first == ["/a", "1", "2"])
    }

    @Test func `After a host that refused, the next attempt begins with the one after it`() {
        var plan = ConnectPlan(hosts: [self.host("/a"), self.host("/b")], role: nil)
        let refusal = LibPQError(.server, sqlState: "28P01", "wrong password")
        #expect(self.walk(&plan) { _ in refusal }.visited == ["/a"])
        plan = ConnectPlan(hosts: [self.host("/a"), self.host("/b")], role: nil, tried: plan.tried)
        #expect(self.walk(&plan) { _ in refusal }.visited == ["/b"])
    }

    @Test func `An attempt that is cut short says what it knows`() {
        var plan = ConnectPlan(hosts: [self.host("/a"), self.host("/b")], role: nil)
        _ = plan.next()
        _ = plan.wasUnsuitable(because: "a standby")
        let error = plan.cutShort(Self.silence)
        #expect(error.kind == .wrongServerRole)
        #expect(error.message == "/a, port 1: a standby; silence")
    }

    @Test func `The words of many hosts stay one readable line`() {
        let hosts = (0..<50).map { self.host("/\($0)") }
        var plan = ConnectPlan(hosts: hosts, role: nil)
        let error = self.walk(&plan) { LibPQError(.unreachable, "\($0.host): refused") }.error
        #expect(error?.message.contains("/5: refused; and 44 more") == true)
    }

    @Test func `A server that is starting tells more than one of the wrong kind, and that more than silence`() {
        var plan = ConnectPlan(hosts: [self.host("/a"), self.host("/b"), self.host("/c")], role: nil)
        let error = self.walk(&plan) { place in
            switch place.host {
            case "/a": Self.silence
            case "/b": LibPQError(.wrongServerRole, "a standby")
            default: LibPQError(.server, sqlState: "57P03", "starting up")
            }
        }.error
        #expect(error?.sqlState == "57P03")
    }
}
