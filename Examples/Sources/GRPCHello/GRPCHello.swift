import ArgumentParser
import Foundation
import Logging

/// Servers that a client finds and calls. Start some of them and a client, on the machine that you are at:
///
///     Scripts/grpc-hello
///
/// Kill a server, start one more, restart one: the client calls those that are there.
@main
struct GRPCHello: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grpc-hello",
        abstract: "Servers that find each other's like, and a client that calls all of them.",
        subcommands: [ServerCommand.self, ClientCommand.self]
    )

    /// A logger that says what somebody must know, beside what the program itself prints.
    static func logger() -> Logger {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "grpc-hello")
        logger.logLevel = .warning
        return logger
    }

    /// Prints a line at once, to a pipe too.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
