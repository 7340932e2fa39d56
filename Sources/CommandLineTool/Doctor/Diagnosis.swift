#if CommandLine
    /// Everything that the doctor has found, and the verdict.
    struct Diagnosis: Hashable, Sendable {
        enum Verdict: String, Sendable, Encodable {
            case fit
            case fitWithWarnings = "fit_with_warnings"
            case unfit
        }

        /// In the order of the checks, with what could not be looked at.
        let findings: [Finding]

        init(_ findings: [Finding]) {
            let seen = Set(findings.map(\.check))
            let skipped = Check.allCases.filter { !seen.contains($0) }.map { Finding.skipped($0, "not looked at") }
            let order = Dictionary(Check.allCases.enumerated().map { ($1, $0) }) { first, _ in first }
            self.findings = (findings + skipped).enumerated()
                .sorted { (order[$0.element.check] ?? 0, $0.offset) < (order[$1.element.check] ?? 0, $1.offset) }
                .map(\.element)
        }

        var verdict: Verdict {
            if self.findings.contains(where: { $0.level == .failure }) { return .unfit }
            return self.findings.contains { $0.level == .warning } ? .fitWithWarnings : .fit
        }

        // MARK: - For people

        private static func mark(of level: Finding.Level) -> (String, Style.Tint) {
            switch level {
            case .passed: ("ok", .good)
            case .note: ("note", .strong)
            case .warning: ("warning", .warning)
            case .failure: ("FAILURE", .bad)
            case .skipped: ("-", .faint)
            }
        }

        func lines(_ style: Style) -> [String] {
            let column = 2 + (Check.allCases.map(\.title.count).max() ?? 0)
            var lines: [String] = []
            for finding in self.findings where finding.level != .skipped {
                let (mark, tint) = Self.mark(of: finding.level)
                let gap = String(repeating: " ", count: 9 - mark.count)
                let title = finding.check.title
                let padding = String(repeating: " ", count: column - title.count)
                lines.append("\(style.paint(mark, tint))\(gap)\(title)\(padding)\(PlainText.line(finding.message))")
                if let remedy = finding.remedy {
                    lines.append(String(repeating: " ", count: 9 + column) + "-> \(PlainText.line(remedy))")
                }
            }
            lines += self.skipped.map { style.paint($0, .faint) }
            lines.append("")
            lines.append(self.verdictLine(style))
            return lines
        }

        /// What could not be looked at, in a line for each reason.
        private var skipped: [String] {
            let skipped = self.findings.filter { $0.level == .skipped }
            var reasons: [String] = []
            for finding in skipped where !reasons.contains(finding.message) { reasons.append(finding.message) }
            return reasons.map { reason in
                let titles = skipped.filter { $0.message == reason }.map(\.check.title)
                return "-        \(titles.joined(separator: ", ")): \(PlainText.line(reason))"
            }
        }

        private func verdictLine(_ style: Style) -> String {
            func titles(_ level: Finding.Level) -> String {
                self.findings.filter { $0.level == level }.map(\.check.title).joined(separator: ", ")
            }
            return switch self.verdict {
            case .fit: style.paint("Verdict: this connection can carry a cluster.", .good)
            case .fitWithWarnings:
                style.paint("Verdict: this connection can carry a cluster; look at: \(titles(.warning)).", .warning)
            case .unfit: style.paint("Verdict: this connection can NOT carry a cluster: \(titles(.failure)).", .bad)
            }
        }
    }

    extension Diagnosis: Encodable {
        private enum CodingKeys: String, CodingKey {
            case version
            case verdict
            case isFit = "is_fit"
            case findings
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(JSONText.version, forKey: .version)
            try container.encode(self.verdict, forKey: .verdict)
            try container.encode(self.verdict != .unfit, forKey: .isFit)
            try container.encode(self.findings, forKey: .findings)
        }
    }
#endif
