import ClusterFormation
import HTTPExchange
import Testing

@testable import ClusterFormationKubernetes

@Suite struct WatchMachineTests {
    private static let unreachable = APIFailure.transport(HTTPFailure(.unreachable, "refused"))

    private func seconds(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(seconds)) }

    private func machine(_ configure: (inout KubernetesConfiguration) -> Void = { _ in }) throws -> WatchMachine {
        var configuration = KubernetesConfiguration()
        configure(&configuration)
        return WatchMachine(
            query: try .orders(),
            configuration: configuration,
            localNode: try Node(host: "10.244.0.200", port: 7337),
            seed: 7,
            at: .start
        )
    }

    private func page(_ version: Int, _ objects: [APIObject], next: String? = nil) -> Result<APIPage, APIFailure> {
        .success(APIPage(objects: objects, resourceVersion: "\(version)", continuation: next))
    }

    private func hosts(_ report: WatchMachine.Report) -> [String]? { report.nodes?.map(\.endpoint.host) }

    private func version(_ step: WatchMachine.Step) -> String? {
        guard case .watch(let version, let timeout) = step else { return nil }
        #expect((240...480).contains(timeout))
        return version
    }

    private func wait(_ step: WatchMachine.Step, from now: Instant) -> Duration? {
        guard case .wait(let moment) = step else { return nil }
        return now.duration(to: moment)
    }

    /// A machine that has listed two and watches since time zero.
    private func watching(_ configure: (inout KubernetesConfiguration) -> Void = { _ in }) throws -> WatchMachine {
        var machine = try self.machine(configure)
        _ = machine.listed(self.page(10, [.slice("a", version: 9, [1]), .slice("b", version: 10, [2])]), at: .start)
        _ = machine.next(at: .start)
        _ = machine.watchOpened(at: .start)
        return machine
    }

    // MARK: Listing

    @Test("Nothing is reported before the last page is there")
    func pages() throws {
        var machine = try self.machine()
        #expect(machine.next(at: .start) == .list(continuation: nil))
        let first = machine.listed(self.page(10, [.slice("a", version: 1, [1])], next: "more"), at: .start)
        #expect(first.nodes == nil)
        #expect(machine.next(at: .start) == .list(continuation: "more"))
        let second = machine.listed(self.page(10, [.slice("b", version: 2, [2])]), at: .start)
        #expect(self.hosts(second) == ["10.244.0.1", "10.244.0.2"])
        #expect(second.conditions == [.active])
        #expect(self.version(machine.next(at: .start)) == "10")
    }

    @Test("A page's token that has run out begins the list anew, after a moment, and is no fault")
    func expiredPage() throws {
        var machine = try self.machine()
        _ = machine.listed(self.page(10, [.slice("a", version: 1, [1])], next: "more"), at: .start)
        let report = machine.listed(.failure(.expired), at: .start)
        #expect(report.conditions.isEmpty)
        #expect(report.nodes == nil)
        #expect(machine.next(at: self.seconds(1)) == .list(continuation: nil))
    }

    @Test("A page that fails for another reason is asked for again, and the ones before it are kept")
    func failedPage() throws {
        var machine = try self.machine()
        _ = machine.listed(self.page(10, [.slice("a", version: 1, [1])], next: "more"), at: .start)
        #expect(machine.listed(.failure(Self.unreachable), at: .start).conditions.map(\.code) == ["unreachable"])
        #expect(machine.next(at: self.seconds(2)) == .list(continuation: "more"))
    }

    @Test("Failures wait longer and longer, up to half a minute, and lose nobody")
    func backoff() throws {
        var machine = try self.machine()
        var now = Instant.start
        var waits: [Duration] = []
        for _ in 0..<8 {
            let report = machine.listed(.failure(Self.unreachable), at: now)
            #expect(report.nodes == nil)
            let wait = try #require(self.wait(machine.next(at: now), from: now))
            waits.append(wait)
            now = now.advanced(by: wait)
        }
        #expect(waits[0] >= .seconds(0.8) && waits[0] <= .seconds(1.2))
        #expect(waits[7] >= .seconds(24) && waits[7] <= .seconds(36))
        #expect(self.hosts(machine.listed(self.page(1, [.slice("a", version: 1, [1])]), at: now)) == ["10.244.0.1"])
    }

    @Test("A token that is refused is read again once at once, and then it is a fault")
    func unauthorized() throws {
        var machine = try self.machine()
        #expect(machine.listed(.failure(.unauthorized), at: .start).conditions.isEmpty)
        #expect(machine.next(at: .start) == .list(continuation: nil))
        #expect(machine.listed(.failure(.unauthorized), at: .start).conditions.map(\.code) == ["unauthorized"])
        #expect(self.wait(machine.next(at: .start), from: .start) != nil)
    }

    @Test("Who may not list is told the Role that is missing")
    func forbidden() throws {
        var machine = try self.machine()
        let words = #"endpointslices is forbidden: User "system:serviceaccount:shop:orders" cannot list"#
        let account = try #require(Complaint.account(in: #"User "system:serviceaccount:shop:orders" cannot list"#))
        #expect(account == "shop:orders")
        let condition = try #require(machine.listed(.failure(.forbidden(words)), at: .start).conditions.first)
        #expect(condition.code == "forbidden")
        let message = try #require(condition.message)
        #expect(
            message.contains(
                #"apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"]"#
            )
        )
        #expect(message.contains("--serviceaccount=shop:orders -n shop"))
    }

    @Test("A server that is too busy is left alone for as long as it asks")
    func throttled() throws {
        var machine = try self.machine()
        #expect(machine.listed(.failure(.throttled(.seconds(20))), at: .start).conditions.map(\.code) == ["throttled"])
        let wait = try #require(self.wait(machine.next(at: .start), from: .start))
        #expect(wait >= .seconds(20) && wait <= .seconds(24))
    }

    // MARK: Watching

    @Test("What an event says is reported at once, and the watch goes on from it")
    func events() throws {
        var machine = try self.watching()
        let added = machine.received(.success(.changed(.slice("c", version: 12, [3]))), at: self.seconds(1))
        #expect(self.hosts(added) == ["10.244.0.1", "10.244.0.2", "10.244.0.3"])
        #expect(machine.received(.success(.bookmark(resourceVersion: "40")), at: self.seconds(2)).nodes == nil)
        #expect(machine.watchEnded(.closed, at: self.seconds(300)).conditions.isEmpty)
        #expect(self.version(machine.next(at: self.seconds(300))) == "40")
    }

    @Test("Who is gone is kept for the grace, and lost after it")
    func grace() throws {
        var machine = try self.watching()
        let report = machine.received(.success(.deleted(name: "b", resourceVersion: "11")), at: self.seconds(1))
        #expect(self.hosts(report) == ["10.244.0.1", "10.244.0.2"])
        let deadline = try #require(machine.deadline)
        #expect(machine.passed(at: self.seconds(2)).nodes == nil)
        #expect(self.hosts(machine.passed(at: deadline)) == ["10.244.0.1"])
        #expect(machine.deadline == nil)
    }

    @Test("An endpoint that moves from one slice to another is never lost")
    func moves() throws {
        var machine = try self.watching()
        _ = machine.received(.success(.changed(.slice("a", version: 11, []))), at: self.seconds(1))
        let report = machine.received(.success(.changed(.slice("b", version: 12, [1, 2]))), at: self.seconds(2))
        #expect(self.hosts(report) == ["10.244.0.1", "10.244.0.2"])
        #expect(machine.deadline == nil)
    }

    @Test("A list that becomes empty is asked for twice more before it is believed")
    func emptiness() throws {
        var machine = try self.watching { $0.removalGrace = .zero }
        _ = machine.received(.success(.deleted(name: "b", resourceVersion: "11")), at: self.seconds(1))
        let empty = machine.received(.success(.deleted(name: "a", resourceVersion: "12")), at: self.seconds(2))
        #expect(empty.conditions.map(\.code) == ["empty_unconfirmed"])
        #expect(self.hosts(empty) == ["10.244.0.1"])
        #expect(!empty.goesOn)
        _ = machine.watchEnded(.closed, at: self.seconds(2))
        #expect(machine.next(at: self.seconds(8)) == .list(continuation: nil))
        #expect(self.hosts(machine.listed(self.page(13, []), at: self.seconds(8))) == ["10.244.0.1"])
        #expect(machine.next(at: self.seconds(14)) == .list(continuation: nil))
        let third = machine.listed(self.page(14, []), at: self.seconds(14))
        #expect(self.hosts(third) == [])
        #expect(third.conditions.map(\.state) == [.active])
        #expect(self.version(machine.next(at: self.seconds(14))) == "14")
    }

    @Test("A version that is too old is listed anew, after a moment that is not the same for all")
    func expired() throws {
        var machine = try self.watching()
        let report = machine.received(.success(.failed(.expired)), at: self.seconds(60))
        #expect(!report.goesOn)
        #expect(report.conditions.isEmpty)
        #expect(report.nodes == nil)
        #expect(machine.next(at: self.seconds(61)) == .list(continuation: nil))
        var other = try self.watching()
        #expect(other.watchEnded(.failed(.expired), at: self.seconds(60)).conditions.isEmpty)
        #expect(other.next(at: self.seconds(61)) == .list(continuation: nil))
    }

    @Test("A list that works and a watch that does not take turns more and more slowly")
    func expiredAgainAndAgain() throws {
        var machine = try self.machine()
        var now = Instant.start
        var codes: [String] = []
        for _ in 0..<40 {
            if case .wait(let moment) = machine.next(at: now) { now = moment }
            _ = machine.listed(self.page(10, [.slice("a", version: 9, [1])]), at: now)
            _ = machine.next(at: now)
            codes += machine.watchEnded(.failed(.expired), at: now).conditions.compactMap(\.code)
        }
        #expect(codes.contains("expired"))
        // With waits of half a second on average it would be 20 s.
        #expect(now > self.seconds(120))
    }

    @Test("An event that can't be read has everything listed anew")
    func unreadable() throws {
        var machine = try self.watching()
        let report = machine.received(.failure(.unreadable("An event is odd.")), at: self.seconds(5))
        #expect(report.conditions.map(\.code) == ["bad_answer"])
        #expect(!report.goesOn)
        #expect(machine.next(at: self.seconds(7)) == .list(continuation: nil))
        let listed = machine.listed(
            self.page(20, [.slice("a", version: 9, [1]), .slice("b", version: 9, [2])]),
            at: self.seconds(7)
        )
        #expect(listed.conditions == [.active])
    }

    @Test("A connection that was dead is made anew at once, from the last version")
    func silence() throws {
        var machine = try self.watching()
        _ = machine.watchEnded(.silent, at: self.seconds(490))
        #expect(self.version(machine.next(at: self.seconds(490))) == "10")
    }

    @Test("Watches that end at once, again and again, are begun more and more slowly")
    func shortWatches() throws {
        var machine = try self.watching()
        var now = Instant.start
        for _ in 0..<6 {
            _ = machine.watchEnded(.closed, at: now)
            let wait = try #require(self.wait(machine.next(at: now), from: now))
            now = now.advanced(by: wait)
            #expect(self.version(machine.next(at: now)) != nil)
            #expect(machine.watchOpened(at: now).conditions.isEmpty)
        }
        #expect(now > self.seconds(40))
    }

    @Test("An outage is told once, loses nobody, and its end is told once")
    func outage() throws {
        var machine = try self.watching()
        #expect(machine.watchEnded(.closed, at: self.seconds(60)).conditions.isEmpty)
        var told: [StrategyCondition] = []
        var now = self.seconds(60)
        for _ in 0..<5 {
            let report = machine.watchEnded(.failed(Self.unreachable), at: now)
            told += report.conditions
            #expect(report.nodes == nil)
            now = now.advanced(by: .seconds(40))
            #expect(self.version(machine.next(at: now)) == "10")
        }
        told += machine.watchOpened(at: now).conditions
        #expect(told.map(\.state) == [.impaired, .active])
    }

    @Test("Endpoints that can't be used are not an empty list")
    func useless() throws {
        var machine = try self.machine { $0.port = .named("nothing") }
        let report = machine.listed(self.page(10, [.slice("a", version: 1, [1])]), at: .start)
        #expect(report.conditions.map(\.code) == ["port_unknown"])
        #expect(report.nodes == nil)
        #expect(self.version(machine.next(at: .start)) == "10")
    }
}
