import Foundation
import Hummingbird
import Library

/// For whoever watches over the server: alive, ready, measured. Without accounts, and without secrets.
struct HealthRoutes: Sendable {
    let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    func add(to group: RouterGroup<ServerContext>) {
        group.get("healthz") { _, _ in Response.json(["status": "ok"]) }
        group.get("readyz") { _, _ in
            // Whether the catalogue answers; a library that is not built yet still serves its songs.
            let version = try await parts.library.read { try $0.catalogue.version() }
            return Response.json(["status": "ready", "predictions": version.runs["predict"] ?? ""])
        }
        group.get("metrics") { _, _ in
            let text = parts.metrics.text(gauges: [
                "coldwave_requests_running": Double(parts.metrics.running),
                "coldwave_listens_waiting": Double(try await parts.inbox.waiting()),
                "coldwave_library_loaded_seconds": parts.library.current.age,
            ])
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
