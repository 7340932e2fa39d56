#if CommandLine
    internal import ArgumentParser
    internal import Foundation

    /// A new key.
    struct KeyGenerateCommand: ToolCommand {
        static let configuration = CommandConfiguration(
            commandName: "generate",
            abstract: "Prints a new key: 32 random bytes in base64.",
            discussion: "Write it where secrets are kept, and nowhere else: cluster-formation key generate > key"
        )

        @OptionGroup var output: OutputOptions

        private struct Document: Encodable {
            var version = JSONText.version
            var key: String
        }

        func perform(in surroundings: Surroundings) async throws -> ExitStatus {
            var generator = SystemRandomNumberGenerator()
            let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: generator.next() as UInt64) { Array($0) } }
            let key = Data(bytes).base64EncodedString()
            surroundings.print(self.output.json ? try JSONText.line(Document(key: key)) : key)
            return .done
        }
    }
#endif
