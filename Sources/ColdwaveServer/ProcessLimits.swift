import Foundation

/// What the system allows this process.
enum ProcessLimits {
    /// Lets it open as many files as the system allows at all: a connection that plays a song holds two. A file that may not grow
    /// is an error then that is told, as a full disk is, and not the end of the process.
    static func raise() {
        var limit = rlimit()
        if getrlimit(files, &limit) == 0, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(limit.rlim_max, 65536)
            setrlimit(files, &limit)
        }
        signal(SIGXFSZ, SIG_IGN)
    }

    #if os(Linux)
        private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let files = RLIMIT_NOFILE
    #endif
}
