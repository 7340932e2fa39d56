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

        /// Looks whether the doctor says so of a connection.
        @discardableResult
        func expect(
            _ connection: String,
            timeout: Duration = .seconds(3),
            cluster: ChannelListening? = nil,
            listening: Duration = .seconds(2),
            longTransaction: Duration = ServerFacts.longTransaction,
            location: SourceLocation = #_sourceLocation
        ) async -> Diagnosis {
            var examination = Examination(connection: connection, cluster: cluster, span: listening, timeout: timeout)
            examination.longTransaction = longTransaction
            let diagnosis = await examination.run()
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
