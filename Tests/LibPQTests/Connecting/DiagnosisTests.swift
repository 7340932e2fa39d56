import Testing

@testable import LibPQ

struct DiagnosisTests {
    @Test(
        arguments: [
            ("ERROR", "54000", false), ("ERROR", "53100", false), ("ERROR", "53200", false), ("ERROR", "42501", false),
            ("ERROR", "25006", false), ("ERROR", "XX000", false), ("ERROR", nil, false), (nil, "54000", false),
            ("FATAL", "57P01", true), ("PANIC", "XX000", true), ("ERROR", "08P01", true), (nil, "08006", true),
            ("FATAL", nil, true), ("致命的エラー", "54000", false),
        ] as [(String?, String?, Bool)]
    )
    func `Only a fatal word, or one about the connection, ends a session`(
        _ severity: String?,
        _ sqlState: String?,
        _ ends: Bool
    ) {
        #expect(Diagnosis.endsSession(severity: severity, sqlState: sqlState) == ends)
    }
}
