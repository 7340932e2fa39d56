internal import ClusterFormation
internal import ClusterFormationTesting
internal import Foundation
internal import Locking

extension TemporaryPostgres {
    /// Replaces the lines of pg_hba.conf; a running server takes them up before this returns.
    ///
    /// - Throws: ``TemporaryPostgresError``.
    public func setHBA(_ lines: [String]) async throws {
        self.hostBasedAuthentication.withLock { $0 = lines }
        try self.writeConfiguration()
        guard let run = self.currentRun else { return }
        let reloads = run.state.value.reloads
        Signal.reload.send(to: self.processID ?? run.processID)
        try await run.state.wait(within: .seconds(30)) { _ in
            "the server's reload"
        } until: {
            $0.reloads > reloads
        }
    }

    /// Puts a line in front of those of pg_hba.conf, where it wins; a running server takes it up before this returns.
    ///
    /// - Throws: ``TemporaryPostgresError``.
    public func prependHBA(_ line: String) async throws {
        try await self.setHBA([line] + self.hostBasedAuthentication.withLock { $0 })
    }

    /// Puts a line behind those of pg_hba.conf; the first line that fits a connection is the one that counts.
    ///
    /// - Throws: ``TemporaryPostgresError``.
    public func appendHBA(_ line: String) async throws {
        try await self.setHBA(self.hostBasedAuthentication.withLock { $0 } + [line])
    }

    func writeConfiguration() throws {
        var settings = [
            "listen_addresses": self.tcpPort == nil ? "" : "127.0.0.1",
            "port": "\(self.port)",
            "unix_socket_directories": self.scratch.path,
            "max_connections": "\(self.configuration.maxConnections)",
            "shared_buffers": "16MB",
            // In the data directory, which goes in any case; a server that is killed leaves segments of other kinds behind.
            "dynamic_shared_memory_type": "mmap",
            "fsync": "off",
            "full_page_writes": "off",
            "max_wal_senders": "4",
            "lc_messages": "C",
            "logging_collector": "off",
        ]
        if let tls = self.configuration.tls {
            settings["ssl"] = "on"
            settings["ssl_cert_file"] = "\(self.scratch.path)/server.crt"
            settings["ssl_key_file"] = "\(self.scratch.path)/server.key"
            if tls.clientAuthority != nil { settings["ssl_ca_file"] = "\(self.scratch.path)/client-ca.crt" }
        }
        settings.merge(self.configuration.settings) { _, chosen in chosen }
        let lines = settings.sorted { $0.key < $1.key }.map { name, value in
            "\(name) = '\(value.replacingOccurrences(of: "'", with: "''"))'\n"
        }
        try self.write(lines.joined(), to: "postgresql.conf")
        let access = self.hostBasedAuthentication.withLock { $0 }
        try self.write(access.joined(separator: "\n") + "\n", to: "pg_hba.conf")
    }

    func write(_ text: String, to name: String) throws {
        // In place: a file that is replaced would belong to root where this process is root.
        try text.write(toFile: "\(self.dataDirectory)/\(name)", atomically: false, encoding: .utf8)
    }

    /// Copies the certificate's files to where the server may read them, and the key so that only it may.
    func installCertificate() async throws {
        guard let tls = self.configuration.tls else { return }
        var files = [("server.crt", tls.certificate), ("server.key", tls.key)]
        if let authority = tls.clientAuthority { files.append(("client-ca.crt", authority)) }
        for (name, source) in files {
            let target = "\(self.scratch.path)/\(name)"
            try await ChildProcess.runChecked(["cp", source, target], doing: "copying \(source)")
            try await ChildProcess.runChecked(["chmod", "600", target], doing: "protecting \(name)")
            if let owner = self.account.name {
                try await ChildProcess.runChecked(["chown", owner, target], doing: "handing over \(name)")
            }
        }
    }
}
