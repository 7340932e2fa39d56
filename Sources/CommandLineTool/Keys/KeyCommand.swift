#if CommandLine
    internal import ArgumentParser

    /// Keys for clusters.
    struct KeyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "key",
            abstract: "Makes a cluster's key, or looks whether one is good.",
            subcommands: [KeyGenerateCommand.self, KeyCheckCommand.self]
        )
    }
#endif
