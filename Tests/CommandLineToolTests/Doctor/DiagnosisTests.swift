#if CommandLine
    import ClusterAnnouncements
    import ClusterFormation
    import Testing

    @testable import CommandLineTool

    @Suite struct DiagnosisTests {
        @Test func `The verdict is the worst finding's`() {
            let passed = Finding.passed(.reachable, "yes")
            let warning = Finding.warning(.queue, "queue_held_up", "half full", remedy: "look")
            let failure = Finding.failure(.pooler, "pooler", "one stands between", remedy: "go around it")
            #expect(Diagnosis([passed]).verdict == .fit)
            #expect(Diagnosis([passed, warning]).verdict == .fitWithWarnings)
            #expect(Diagnosis([warning, failure, passed]).verdict == .unfit)
        }

        @Test func `Every check is told of once, in its order, and remedies stand beside`() {
            let diagnosis = Diagnosis([.failure(.pooler, "pooler", "one stands between", remedy: "go around it")])
            #expect(diagnosis.findings.map(\.check) == Check.allCases)
            let lines = diagnosis.lines(.plain)
            #expect(lines.contains { $0.hasPrefix("FAILURE") && $0.hasSuffix("one stands between") })
            #expect(lines.contains { $0.hasSuffix("-> go around it") })
            #expect(lines.last == "Verdict: this connection can NOT carry a cluster: pooler.")
        }

        @Test func `A server's facts are judged`() {
            var facts = ServerFacts()
            facts.clientEncoding = "SQL_ASCII"
            facts.connectionLimit = 97
            #expect(facts.findings.allSatisfy { $0.level == .passed })
            facts.clientEncoding = "LATIN1"
            facts.connectionsUsed = 96
            facts.queueUsage = 0.3
            facts.holders = [
                .init(processID: 7, name: "job", user: "app", age: .seconds(600), state: "idle in transaction")
            ]
            #expect(facts.findings.map(\.code) == ["client_encoding", "queue_held_up", "few_connections"])
            #expect(facts.findings.allSatisfy { $0.level == .warning && $0.remedy != nil })
            #expect(facts.findings[1].message.contains("process 7 (job, user app, idle in transaction"))
            facts.queueUsage = 1
            #expect(facts.findings[1].level == .failure)
            facts.queueUsage = 0
            #expect(facts.findings[1].level == .note)
            facts.connectionsUsed = 0
            facts.roleLimit = 10
            facts.roleUsed = 9
            #expect(facts.findings[2].code == "few_connections")
        }

        @Test func `Deliveries are judged`() {
            let limit = Duration.seconds(5)
            #expect(Delivery().findings(within: limit).map(\.code) == ["undelivered"])
            let quick = Delivery(roundTrips: [.milliseconds(1)], hearsOthers: true)
            #expect(quick.findings(within: limit).allSatisfy { $0.level == .passed })
            let deaf = Delivery(roundTrips: [.milliseconds(1)], hearsOthers: false)
            #expect(deaf.findings(within: limit).map(\.level) == [.failure, .passed])
            let slow = Delivery(roundTrips: [.seconds(2), .seconds(2), .zero], hearsOthers: true)
            #expect(slow.findings(within: limit).map(\.level) == [.passed, .warning])
        }

        @Test func `Clocks that differ are noted, and harm no cluster`() {
            #expect(ClockComparison(serverAhead: .seconds(1)).finding.level == .passed)
            #expect(
                ClockComparison(serverAhead: .seconds(-3_600)).finding.message.contains("60 min ahead of the server's")
            )
            let behind = ClockComparison(serverAhead: .seconds(60)).finding
            #expect(behind.level == .note)
            #expect(behind.message.contains("60 s behind the server's"))
        }

        @Test func `Every error of a node's belongs to a check, with what to do`() {
            let codes: [(NotifierError.Code, Check)] = [
                (.misconfigured, .connectionString), (.unreachable, .reachable), (.tlsFailed, .tls),
                (.authenticationFailed, .login), (.databaseMissing, .login), (.permissionDenied, .login),
                (.tooManyConnections, .connections), (.poolExhausted, .connections), (.standby, .primary),
                (.pooler, .pooler), (.listenUnsupported, .listen), (.undelivered, .delivery), (.queueFull, .queue),
                (.serverUnavailable, .answers), (.unresponsive, .answers), (.connectionLost, .answers),
            ]
            for (code, check) in codes {
                let findings = Examination.findings(of: NotifierError(code: code, message: "it is broken; mend it"))
                #expect(findings.last?.check == check)
                #expect(findings.last?.code == code.description)
                #expect(findings.last?.message == "it is broken")
                #expect(findings.last?.remedy == "mend it")
                #expect(findings.dropLast().allSatisfy { $0.level == .passed })
                #expect(Diagnosis(findings).verdict == .unfit)
            }
        }
    }
#endif
