import ClusterFormationTesting
import TestTraits
import Testing
import Threads

@testable import LocalFiles

@Suite(.timeLimit(.minutes(1)), .blocking) struct DirectoryWatchTests {
    private func withWatch(_ body: (TemporaryDirectory, HostDirectory, DirectoryWatch, WakePipe) throws -> Void) throws
    {
        let temporary = try TemporaryDirectory()
        defer { temporary.remove() }
        let directory = try HostDirectory(temporary.path("nodes"))
        let pipe = try #require(WakePipe())
        defer { pipe.dispose() }
        try body(temporary, directory, DirectoryWatch(directory, pipe: pipe), pipe)
    }

    @Test func `A signal ends a wait`() throws {
        try self.withWatch { _, _, watch, pipe in
            pipe.signal()
            #expect(watch.wait(milliseconds: 60_000) == DirectoryWatch.Changes())
            #expect(watch.wait(milliseconds: 0) == DirectoryWatch.Changes())
        }
    }

    #if os(Linux) && canImport(Glibc)
        @Test func `A file that comes, is let go of, or gets another name is told of`() throws {
            try self.withWatch { _, directory, watch, _ in
                #expect(watch.isEffective)
                var file: HeldFile? = try directory.publish([1], as: "a")
                #expect(watch.wait(milliseconds: 60_000).names.contains("a"))
                // Looking is not told of: else all would look for ever.
                _ = directory.look(at: "a", renamingAbandoned: "b")
                _ = directory.read("a", limit: 10)
                #expect(watch.wait(milliseconds: 0).names.isEmpty)
                file = nil
                #expect(file == nil)
                #expect(watch.wait(milliseconds: 60_000).names == ["a"])
                _ = directory.look(at: "a", renamingAbandoned: "b")
                #expect(watch.wait(milliseconds: 60_000).names == ["a", "b"])
            }
        }

        @Test func `It is told of when the directory itself goes`() throws {
            try self.withWatch { temporary, _, watch, _ in
                try temporary.rename("nodes", to: "moved")
                #expect(watch.wait(milliseconds: 60_000).isDirectoryGone)
            }
        }
    #endif
}
