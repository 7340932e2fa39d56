#if CommandLine
    import Testing

    @testable import CommandLineTool

    /// What the doctor is to say of one fault.
    struct DoctorCase: Sendable {
        /// The finding that names it; nil for none that is worse than a note.
        var check: Check?
        var code: String?
        var verdict: Diagnosis.Verdict

        static let fit = DoctorCase(check: nil, code: nil, verdict: .fit)

        static func failure(_ check: Check, _ code: String) -> DoctorCase {
            DoctorCase(check: check, code: code, verdict: .unfit)
        }

        static func warning(_ check: Check, _ code: String) -> DoctorCase {
            DoctorCase(check: check, code: code, verdict: .fitWithWarnings)
        }

        /// How long a step may take whose fault is that nothing comes: it is waited for in full.
        static let shortly: Duration = .seconds(3)

        /// Looks whether the doctor says so of a connection.
        ///
        /// With a cluster the doctor listens for so many seconds, and for twice as many when it has not heard by then what
        /// it was to find wrong.
        @discardableResult
        func expect(
            _ connection: String,
            timeout: Duration = .seconds(20),
            cluster: ChannelListening? = nil,
            listening: Int = 2,
            longTransaction: Duration = ServerFacts.longTransaction,
            location: SourceLocation = #_sourceLocation
        ) async -> Diagnosis {
            let hears = cluster != nil && self.check != nil
            let diagnosis = await repeated(from: listening, upTo: hears ? 32 : listening) { seconds in
                var examination = Examination(
                    connection: connection,
                    cluster: cluster,
                    span: .seconds(seconds),
                    timeout: timeout
                )
                examination.longTransaction = longTransaction
                return await examination.run()
            } until: { diagnosis in
                diagnosis.verdict == self.verdict
                    && diagnosis.findings.contains { $0.check == self.check && $0.code == self.code }
            }
            let findings = diagnosis.findings.filter { $0.level == .warning || $0.level == .failure }
            #expect(diagnosis.verdict == self.verdict, "\(findings)", sourceLocation: location)
            if let check {
                #expect(
                    findings.contains { $0.check == check && $0.code == self.code },
                    "\(findings)",
                    sourceLocation: location
                )
                #expect(findings.allSatisfy { $0.remedy?.isEmpty == false }, "\(findings)", sourceLocation: location)
            } else {
                #expect(findings.isEmpty, "\(findings)", sourceLocation: location)
            }
            return diagnosis
        }
    }
#endif
