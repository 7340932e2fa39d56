import Testing

@testable import ClusterFormationKubernetes

@Suite struct APIParsingTests {
    private func page(_ text: String, of kind: APIKind = .endpointSlices) throws -> APIPage {
        try APIPage(json: Array(text.utf8), of: kind)
    }

    private func event(_ text: String) throws -> WatchEvent {
        try WatchEvent(json: Array(text.utf8), of: .endpointSlices)
    }

    @Test("A slice's endpoints come with port, zone, node and pod")
    func slice() throws {
        let page = try self.page(
            JSON.list([JSON.slice("a", version: 7, endpoints: [JSON.endpoint("10.244.0.1")])], version: 9)
        )
        #expect(page.resourceVersion == "9")
        #expect(page.continuation == nil)
        let record = try #require(page.objects.first?.records.first)
        #expect(page.objects.map(\.name) == ["a"])
        #expect(record.address == "10.244.0.1")
        #expect(record.family == .ipv4)
        #expect(record.ports == [EndpointRecord.Port(name: "cluster", number: 7337)])
        #expect([record.zone, record.nodeName, record.podName] == ["eu-1a", "worker-1", "orders-0"])
        #expect([record.subdomain, record.namespace] == ["orders", "shop"])
    }

    @Test(
        "Conditions that are not said mean ready and not terminating",
        arguments: [
            ("{}", true, false), ("null", true, false), (#"{"ready":false}"#, false, false),
            (#"{"ready":null,"terminating":null}"#, true, false), (#"{"ready":false,"terminating":true}"#, false, true),
        ]
    )
    func conditions(text: String, isReady: Bool, isTerminating: Bool) throws {
        let slice = JSON.slice("a", endpoints: [JSON.endpoint("10.0.0.1", conditions: text)])
        let record = try #require(try self.page(JSON.list([slice], version: 1)).objects.first?.records.first)
        #expect(record.isReady == isReady)
        #expect(record.isTerminating == isTerminating)
    }

    @Test("A slice without endpoints or ports is one without peers, and UDP ports are none")
    func emptySlice() throws {
        let bare = #"{"metadata":{"name":"a"},"addressType":"IPv4","endpoints":null,"ports":null}"#
        let udp = JSON.slice(
            "b",
            ports: #"[{"port":53,"protocol":"UDP"},{"port":1}]"#,
            endpoints: [JSON.endpoint("10.0.0.1")]
        )
        let page = try self.page(JSON.list([bare, udp], version: 1))
        #expect(page.objects.map(\.records.count) == [0, 1])
        #expect(page.objects[1].records[0].ports == [EndpointRecord.Port(name: "", number: 1)])
    }

    @Test("A page names the next one")
    func continuation() throws {
        #expect(try self.page(JSON.list([], version: 5, continuation: "abc")).continuation == "abc")
        #expect(try self.page(#"{"metadata":{"resourceVersion":"5"},"items":null}"#).objects.isEmpty)
    }

    @Test("Pods are peers at each of their addresses while they run")
    func pods() throws {
        func pod(_ name: String, phase: String, deletion: String = "") -> String {
            #"{"metadata":{"name":"\#(name)","namespace":"shop","resourceVersion":"1"\#(deletion)},"#
                + #""spec":{"nodeName":"w","hostname":"h","subdomain":"s","#
                + #""containers":[{"ports":[{"name":"cluster","containerPort":7337}]},{}]},"#
                + #""status":{"phase":"\#(phase)","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"},{"ip":"fd00::1"}],"#
                + #""conditions":[{"type":"Ready","status":"True"}]}}"#
        }
        let going = #","deletionTimestamp":"2026-11-27T00:00:00Z""#
        let items = [
            pod("a", phase: "Running"), pod("b", phase: "Pending"), pod("c", phase: "Running", deletion: going),
        ]
        let page = try self.page(JSON.list(items, version: 1), of: .pods)
        #expect(page.objects.map(\.records.count) == [2, 0, 2])
        #expect(page.objects[0].records.map(\.family) == [.ipv4, .ipv6])
        #expect(page.objects[0].records.hasOnlyReady)
        #expect(page.objects[2].records.map(\.isTerminating) == [true, true])
    }

    @Test("Events are told apart by their type, and unknown types are passed over")
    func events() throws {
        let slice = JSON.slice("a", version: 3, endpoints: [JSON.endpoint("10.0.0.1")])
        guard case .changed(let object) = try self.event(JSON.event("ADDED", slice)) else {
            Issue.record("not a change")
            return
        }
        #expect(object.resourceVersion == "3")
        #expect(try self.event(JSON.event("DELETED", slice)) == .deleted(name: "a", resourceVersion: "3"))
        #expect(try self.event(JSON.bookmark(12)) == .bookmark(resourceVersion: "12"))
        #expect(try self.event(JSON.event("ERROR", JSON.status(410))) == .failed(.expired))
        #expect(try self.event(JSON.event("RENAMED", slice)) == .other)
    }

    @Test(
        "What is not of this API is told from an empty list",
        arguments: [
            "", "null", "[]", "{}", "{", "<html>", #"{"items":[]}"#, #"{"metadata":{},"items":[]}"#,
            #"{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{}}]}"#,
            #"{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a"},"endpoints":"none"}]}"#,
        ]
    )
    func garbage(text: String) {
        #expect(throws: APIFailure.self) { try self.page(text) }
    }

    @Test("A text that is nested without end is refused, and nothing overflows")
    func nesting() {
        #expect(throws: APIFailure.self) { try self.page(String(repeating: "[", count: 100_000)) }
        #expect(throws: APIFailure.self) { try self.event(String(repeating: #"{"object":"#, count: 100_000)) }
    }

    @Test("A status says for how long to wait")
    func status() throws {
        let text = #"{"kind":"Status","code":429,"message":"slow down","details":{"retryAfterSeconds":7}}"#
        #expect(APIFailure(try APIStatus(json: Array(text.utf8))) == .throttled(.seconds(7)))
        #expect(throws: APIFailure.self) { try APIStatus(json: Array("{}".utf8)) }
    }
}

extension [EndpointRecord] {
    fileprivate var hasOnlyReady: Bool { !self.isEmpty && self.allSatisfy(\.isReady) }
}
