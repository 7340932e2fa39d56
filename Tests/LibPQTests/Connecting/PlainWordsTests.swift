import Foundation
import LibPQ
import Testing

@testable import PostgresTesting

extension OwnProcessTests {
    /// libpq's own complaints in a process that speaks another language.
    @Suite(.timeLimit(.minutes(1)))
    struct PlainWordsTests {
        /// What it takes to make the language, and libpq's translation into it, as Debian has them.
        private static let hasLanguage = ["/usr/bin/localedef", "/usr/share/i18n/locales/de_DE"]
            .allSatisfy(FileManager.default.fileExists(atPath:))

        @Test(.enabled(if: hasLanguage)) func `A complaint is told apart whatever language the process speaks`() async {
            await #expect(processExitsWith: .success) {
                let directory = FileManager.default.temporaryDirectory.appending(path: "locale-\(UUID())").path
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(atPath: directory) }
                _ = try await ChildProcess.run(
                    ["localedef", "-i", "de_DE", "-f", "UTF-8", "\(directory)/de_DE.UTF-8"]
                )
                setenv("LOCPATH", directory, 1)
                guard setlocale(LC_ALL, "de_DE.UTF-8") != nil else { fatalError("the language was not made") }
                guard String(cString: strerror(ECONNREFUSED)) != "Connection refused" else {
                    fatalError("the process does not speak it")
                }
                let refused = await libPQError { _ = try await Connection.connect("host=127.0.0.1 port=1") }
                guard refused?.kind == .unreachable else { fatalError("\(String(describing: refused))") }
                let nowhere = await libPQError { _ = try await Connection.connect("service=nowhere") }
                guard nowhere?.kind == .invalidConnectionString else { fatalError("\(String(describing: nowhere))") }
            }
        }
    }
}
