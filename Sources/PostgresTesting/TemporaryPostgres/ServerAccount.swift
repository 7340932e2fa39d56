/// The account that the server runs under: one's own, or a humbler one where one is root, since PostgreSQL refuses that.
package struct ServerAccount: Hashable, Sendable {
    /// The name of the account to change to; nil for one's own.
    package var name: String?
    /// What goes before a command so that it runs under the account.
    package var prefix: [String]

    static let own = ServerAccount(name: nil, prefix: [])

    static func find() async throws -> ServerAccount {
        guard isRunningAsRoot else { return .own }
        for name in ["postgres", "nobody"] {
            let group = try await ChildProcess.run(["id", "-g", name])
            guard group.status == 0, let gid = Int(group.output.filter(\.isNumber)) else { continue }
            // setpriv and runuser replace themselves by the program, so that the process id is the server's.
            let prefixes = [
                ["setpriv", "--reuid=\(name)", "--regid=\(gid)", "--clear-groups", "--"],
                ["runuser", "-u", name, "--"],
                ["sudo", "-n", "-u", name, "--"],
                ["su", "-s", "/bin/sh", name, "-c", "exec \"$0\" \"$@\""],
            ]
            for prefix in prefixes where try await ChildProcess.run(prefix + ["true"]).status == 0 {
                return ServerAccount(name: name, prefix: prefix)
            }
        }
        throw TemporaryPostgresError(
            code: .startFailed,
            message:
                "PostgreSQL does not run as root, and neither setpriv, runuser, sudo nor su can change to postgres "
                + "or nobody: run the tests as another user, or install util-linux"
        )
    }
}
