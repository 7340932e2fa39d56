internal import ClusterFormation
internal import ClusterFormationTesting
internal import Foundation
internal import Locking

/// A directory for one server, and a watchdog that stops the server and removes the directory when this process lets go
/// of it, by ``remove()`` or by dying, however suddenly.
///
/// The watchdog is a shell that reads from a pipe whose other end only this process holds. It is the one place that
/// cleans up, in an orderly end and in a crash alike.
final class ScratchDirectory: Sendable {
    let path: String
    private let lifeline: Locked<FileHandle?>
    private let watchdogHasEnded: Observed<Bool>

    private init(path: String, lifeline: FileHandle?, watchdogHasEnded: Observed<Bool>) {
        self.path = path
        self.lifeline = Locked(lifeline)
        self.watchdogHasEnded = watchdogHasEnded
    }

    static func create(ownedBy account: ServerAccount) async throws -> ScratchDirectory {
        let name = "cf-pg-" + String(UInt64.random(in: .min ... .max), radix: 36)
        // The account that root changes to can't enter a private temporary directory; and the path of a socket is at
        // most 103 bytes, the directory's part of it less.
        var parent = FileManager.default.temporaryDirectory.path
        if account.name != nil || parent.utf8.count + name.utf8.count > 80 { parent = "/tmp" }
        let path = "\(parent)/\(name)"
        let hasEnded = Observed(false)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        let command = ["/bin/sh", "-c", self.watchdog, "cluster-formation-watchdog", path]
        let (_, lifeline) = try await ChildProcess.spawn(command, hasInput: true) { _ in
            hasEnded.update { $0 = true }
        }
        if let name = account.name {
            try await ChildProcess.runChecked(["chown", name, path], doing: "chown of \(path)")
        }
        return ScratchDirectory(path: path, lifeline: lifeline, watchdogHasEnded: hasEnded)
    }

    /// Stops what runs in the directory, hard, and removes it.
    ///
    /// Works in a cancelled task.
    func remove() async {
        self.lifeline.withLock { lifeline in
            try? lifeline?.close()
            lifeline = nil
        }
        await self.watchdogHasEnded.waitUncancelled { $0 }
    }

    private static let watchdog = """
        trap '' HUP INT QUIT TERM
        while read -r _; do :; done
        cd /
        [ -f "$1/frozen" ] && kill -CONT $(cat "$1/frozen")
        file=$1/data/postmaster.pid
        if [ -f "$file" ] && [ ! -f "$1/ended" ]; then
            read -r server < "$file"
            kill -QUIT "$server"
            left=500
            while [ $left -gt 0 ] && kill -0 "$server"; do sleep 0.02; left=$((left - 1)); done
            kill -KILL "$server"
        fi
        # A server that was killed could not give back its shared memory.
        [ -f "$file" ] && ipcrm -m "$(sed -n 7p "$file" | awk '{ print $2 }')"
        # So does the library by which its clock was set, in any case.
        if [ -f "$1/clock-users" ]; then
            while read -r user; do
                rm -f "/dev/shm/faketime_shm_$user" "/dev/shm/sem.faketime_sem_$user"
            done < "$1/clock-users"
        fi
        # A program that was at work in the directory may still add to it.
        left=100
        while [ $left -gt 0 ] && ! { rm -rf "$1" && [ ! -e "$1" ]; }; do sleep 0.05; left=$((left - 1)); done
        """
}
