import Foundation

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// The wall clock of one process, set forward and back while the machine's own goes on: Linux alone.
///
/// A library in front of the C library's adds what a file says to the wall clock, and leaves all other clocks alone. The
/// process is this test program again, told to run one test.
struct SteppedWallClock: Sendable {
    private static let variable = "CLUSTER_FORMATION_WALL_CLOCK"

    private let file: String

    /// The clock of this process, if it has been started with one.
    static var own: SteppedWallClock? {
        ProcessInfo.processInfo.environment[self.variable].map(SteppedWallClock.init(file:))
    }

    /// Whether this machine can do it; a sanitizer has a library in front of its own.
    static func isPossible() async -> Bool {
        #if os(Linux)
            guard dlsym(nil, "__asan_init") == nil, dlsym(nil, "__tsan_init") == nil else { return false }
            return (try? await ChildProcess.run(["clang", "--version"]))?.status == 0
        #else
            return false
        #endif
    }

    /// Runs one test of this program in a process with such a clock; returns its exit status and what it has said.
    static func run(testNamed name: String) async throws -> (status: Int32, output: String) {
        let directory = FileManager.default.temporaryDirectory.path + "/cf-clock-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let clock = SteppedWallClock(file: "\(directory)/step")
        try Data(count: MemoryLayout<Int>.size).write(to: URL(filePath: clock.file))
        let (source, library) = ("\(directory)/clock.c", "\(directory)/clock.so")
        try self.source.write(toFile: source, atomically: true, encoding: .utf8)
        try await ChildProcess.runChecked(
            ["clang", "-shared", "-fPIC", "-o", library, source],
            doing: "compiling a clock"
        )
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let outcome = try await ChildProcess.run([
            "LD_PRELOAD=\(library)", "\(self.variable)=\(clock.file)", program, "--testing-library", "swift-testing",
            "--filter", name,
        ])
        return (outcome.status, outcome.output + outcome.errors)
    }

    /// Sets the clock this many seconds before or after the true time.
    func set(to seconds: Int) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: self.file))
        // In place: the file is mapped into the process.
        try handle.write(contentsOf: withUnsafeBytes(of: seconds) { Data($0) })
        try handle.close()
    }

    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static const volatile long *step;

        __attribute__((constructor)) static void prepare(void) {
            const char *path = getenv("\(Self.variable)");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            void *map = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
            if (map != MAP_FAILED) step = map;
            // The server and psql are to have the true time.
            unsetenv("LD_PRELOAD");
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            int result = (int)syscall(SYS_clock_gettime, clock, now);
            if (step && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *step;
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone) {
            struct timespec precise;
            clock_gettime(CLOCK_REALTIME, &precise);
            now->tv_sec = precise.tv_sec;
            now->tv_usec = precise.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *now) {
            struct timespec precise;
            clock_gettime(CLOCK_REALTIME, &precise);
            if (now) *now = precise.tv_sec;
            return precise.tv_sec;
        }
        """
}
