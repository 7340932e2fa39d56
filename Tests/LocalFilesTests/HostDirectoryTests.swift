import ClusterFormationTesting
import TestTraits
import Testing

@testable import LocalFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct HostDirectoryTests {
    private func withDirectory(_ body: (TemporaryDirectory, HostDirectory) throws -> Void) throws {
        let temporary = try TemporaryDirectory()
        defer { temporary.remove() }
        try body(temporary, try HostDirectory(temporary.path("nodes")))
    }

    @Test func `It is made for its owner alone`() throws {
        try self.withDirectory { temporary, directory in
            var status = stat()
            #expect(stat(directory.path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            #expect(directory.isInPlace)
            // A second time it is there.
            _ = try HostDirectory(temporary.path("nodes"))
        }
    }

    @Test func `One that others may use, a link, a file, or one below nothing is refused`() throws {
        let temporary = try TemporaryDirectory()
        defer { temporary.remove() }
        try temporary.makeDirectory("open", mode: 0o750)
        try temporary.makeDirectory("good")
        try temporary.link("good", to: "link")
        try temporary.write("", to: "file")
        let expected: [(String, HostDirectory.Flaw)] = [
            ("open", .tooOpen(mode: 0o750)), ("link", .notADirectory), ("file", .notADirectory),
            ("none/below", .failed(ENOENT)),
        ]
        for (name, flaw) in expected {
            #expect(throws: flaw) { _ = try HostDirectory(temporary.path(name)) }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away")) func `Another user's is refused`() throws {
        let temporary = try TemporaryDirectory()
        defer { temporary.remove() }
        try temporary.makeDirectory("other")
        #expect(chown(temporary.path("other"), 1234, 1234) == 0)
        #expect(throws: HostDirectory.Flaw.otherOwner(1234)) { _ = try HostDirectory(temporary.path("other")) }
    }

    @Test func `A published file is held until its holder is gone, and then gets another name`() throws {
        try self.withDirectory { temporary, directory in
            var file: HeldFile? = try directory.publish([1, 2, 3], as: "a")
            #expect(temporary.names == ["nodes"])
            #expect(directory.read("a", limit: 3) == [1, 2, 3])
            #expect(directory.read("a", limit: 2) == nil)
            #expect(directory.look(at: "a", renamingAbandoned: "b") == .held)
            #expect(file?.isInPlace == true)
            file = nil
            // A process that another test starts has the file, too, until it has become another program.
            let deadline = ContinuousClock.now + .seconds(30)
            var look = HostDirectory.Look.held
            while look == .held, ContinuousClock.now < deadline {
                look = directory.look(at: "a", renamingAbandoned: "b")
            }
            #expect(look == .abandoned)
            #expect(directory.look(at: "a", renamingAbandoned: "b") == .missing)
            #expect(try directory.names(limit: 10) == ["b"])
        }
    }

    @Test(.blocking, .timeLimit(.minutes(1)))
    func `A file that is published anew while somebody looks is held all the time`() async throws {
        let temporary = try TemporaryDirectory()
        defer { temporary.remove() }
        let directory = try HostDirectory(temporary.path("nodes"))
        let path = directory.path
        var held = try directory.publish([0], as: "a")
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (looks, isDone) = (Observed<Set<HostDirectory.Look>>([]), Observed(false))
            group.addTask {
                let directory = try HostDirectory(path)
                while !isDone.value {
                    let look = directory.look(at: "a", renamingAbandoned: "b")
                    looks.update { _ = $0.insert(look) }
                }
            }
            defer { isDone.update { $0 = true } }
            try await looks.wait { !$0.isEmpty }
            for number in 0..<2_000 { held = try directory.publish([UInt8(number % 256)], as: "a") }
            #expect(looks.value == [.held])
        }
        withExtendedLifetime(held) {}
    }

    @Test func `A name that is held is not published twice over its draft, and drafts of the dead are replaced`() throws
    {
        try self.withDirectory { _, directory in
            let other = try HostDirectory(directory.path)
            _ = try other.publish([1], as: "a.new")
            let file = try directory.publish([2], as: "a")
            #expect(file.isInPlace)
            #expect(directory.read("a", limit: 1) == [2])
        }
    }

    @Test func `What is no plain file of this user's is left alone`() throws {
        try self.withDirectory { temporary, directory in
            try temporary.makeDirectory("nodes/directory")
            try temporary.makePipe("nodes/pipe")
            try temporary.write([1], to: "outside")
            try temporary.link("../outside", to: "nodes/link")
            for name in ["directory", "pipe", "link"] {
                #expect(directory.look(at: name, renamingAbandoned: "x") == .unknown)
                #expect(directory.read(name, limit: 10) == nil)
            }
            #expect(try Set(directory.names(limit: 10)) == ["directory", "pipe", "link"])
            #expect(throws: HostDirectory.Flaw.tooManyFiles) { _ = try directory.names(limit: 1) }
        }
    }

    @Test func `It is seen that a file or the directory was moved away`() throws {
        try self.withDirectory { temporary, directory in
            let file = try directory.publish([1], as: "a")
            try temporary.unlink("nodes/a")
            #expect(!file.isInPlace)
            // Not somebody else's file at its place.
            try temporary.write([2], to: "nodes/a")
            file.rename(to: "b")
            #expect(try directory.names(limit: 10) == ["a"])
            try temporary.rename("nodes", to: "moved")
            #expect(!directory.isInPlace)
            try temporary.makeDirectory("nodes")
            #expect(!directory.isInPlace)
        }
    }

    @Test func `Signs are removed when they are old`() throws {
        try self.withDirectory { temporary, directory in
            try temporary.write([], to: "nodes/sign")
            directory.remove("sign", ifOlderThan: 10)
            #expect(directory.contains("sign"))
            directory.remove("sign", ifOlderThan: -10)
            #expect(!directory.contains("sign"))
        }
    }
}
