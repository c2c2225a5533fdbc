import Foundation
import Synchronization

/// Ctrl-C: the first asks the running stage to stop at the next safe place, the second ends the process at once.
enum Interruption {
    private static let requests = Atomic<Int>(0)
    private static let sources = Mutex<[any DispatchSourceSignal]>([])

    static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

    static func install() {
        sources.withLock { sources in
            guard sources.isEmpty else { return }
            for number in [SIGINT, SIGTERM] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    if requests.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
                    Terminal.say("\nstopping at the next safe place (Ctrl-C again ends at once) …")
                }
                source.resume()
                sources.append(source)
            }
        }
    }
}
