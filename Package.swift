// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Where libtorch lives: an unpacked `torch` wheel. `LIBTORCH` points at a folder holding `include/` and `lib/`;
// without it the folder that `scripts/bootstrap` fills is used.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
let torch = ProcessInfo.processInfo.environment["LIBTORCH"] ?? "\(root)/.libtorch/torch"

// A build for a machine that has a torch install and little else (packaging/portable): without FFmpeg and TagLib, and with libtorch's
// C face as a library of its own, which is compiled on that machine against the torch that is there.
let portable = ProcessInfo.processInfo.environment["COLDWAVE_PORTABLE"]
let audio: (dependencies: [Target.Dependency], exclude: [String]) =
    portable == nil
    ? (["CFFmpeg", "CTags"], ["WithoutFFmpeg"])
    : (
        [],
        [
            "AudioStream.swift", "AudioFileWriter.swift", "SpanReader.swift",
            "AudioTags+UnsafeReading.swift",
        ]
    )

// Numeric Swift is unusably slow without optimisation, so debug builds (and `swift test`) optimise these modules.
let numeric: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let torchShim: Target =
    portable == nil
    ? .target(
        name: "CTorch",
        cxxSettings: [
            .unsafeFlags([
                "-std=c++20", "-O2", "-isystem", "\(torch)/include", "-isystem",
                "\(torch)/include/torch/csrc/api/include",
            ])
        ],
        linkerSettings: [
            .unsafeFlags(["-L\(torch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(torch)/lib"]),
            .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
        ])
    : .systemLibrary(name: "CTorch", path: "packaging/portable/CTorch")

let package = Package(
    name: "coldwave",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "coldwave", targets: ["ColdwaveCommand"]),
        .library(
            name: "Coldwave",
            targets: [
                "Library", "Recommendation", "Evaluation", "AudioNetwork", "CollaborativeFiltering",
                "ListeningHistory", "AudioFeatures", "Projection", "Matrices",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "ColdwaveCommand",
            dependencies: [
                "Library", "Recommendation", "Evaluation", "AudioNetwork", "CollaborativeFiltering",
                "ListeningHistory", "AudioFeatures", "Projection", "Synthesis", "Matrices", "Torch",
                "ColdwaveServer", "CProcess",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(
            name: "ColdwaveServer",
            dependencies: [
                "Library", "Recommendation", "AudioNetwork", "CollaborativeFiltering",
                "ListeningHistory", "AudioFeatures", "Projection", "Matrices",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.copy("Resources/web")]),
        .target(
            name: "Library",
            dependencies: [
                "Recommendation", "Evaluation", "AudioNetwork", "CollaborativeFiltering",
                "ListeningHistory",
                "AudioFeatures", "Projection", "Matrices", "Torch",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Recommendation", dependencies: ["Matrices", "CKernels"], swiftSettings: numeric),
        .target(
            name: "Projection", dependencies: ["Matrices", "CKernels", "CZlib"],
            swiftSettings: numeric),
        .target(
            name: "Evaluation", dependencies: ["Matrices", "CKernels"], swiftSettings: numeric),
        .target(name: "AudioNetwork", dependencies: ["Torch", "Matrices"], swiftSettings: numeric),
        .target(
            name: "CollaborativeFiltering", dependencies: ["Matrices", "CKernels"],
            swiftSettings: numeric),
        .target(
            name: "ListeningHistory",
            dependencies: ["Matrices", "CZlib", "CZstd", "CLzma", "CBzip2"],
            swiftSettings: numeric),
        .target(
            name: "AudioFeatures",
            dependencies: ["Matrices", "CKernels", "CProcess"] + audio.dependencies,
            exclude: audio.exclude, swiftSettings: numeric),
        .target(name: "Synthesis", dependencies: ["Matrices"], swiftSettings: numeric),
        .target(
            name: "Torch", dependencies: ["CTorch", "Matrices"], swiftSettings: numeric,
            linkerSettings: portable.map {
                [.unsafeFlags(["-L\($0)", "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib"])]
            } ?? []),
        torchShim,
        .target(name: "Matrices", swiftSettings: numeric),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .systemLibrary(name: "CProcess"),
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat libavcodec libswresample libavutil",
            providers: [
                .apt(["libavformat-dev", "libavcodec-dev", "libswresample-dev", "libavutil-dev"])
            ]),
        .target(name: "CTags", linkerSettings: [.linkedLibrary("tag")]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .target(
            name: "TestSupport", dependencies: ["Matrices"], path: "Tests/TestSupport",
            swiftSettings: numeric),
        .testTarget(name: "MatricesTests", dependencies: ["Matrices"], swiftSettings: numeric),
        .testTarget(
            name: "AudioFeaturesTests", dependencies: ["AudioFeatures", "Matrices", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(name: "SynthesisTests", dependencies: ["Synthesis", "Matrices"]),
        .testTarget(
            name: "AudioNetworkTests", dependencies: ["AudioNetwork", "Torch", "Matrices"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "CollaborativeFilteringTests",
            dependencies: ["CollaborativeFiltering", "Matrices"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "ListeningHistoryTests",
            dependencies: ["ListeningHistory", "Matrices", "CZlib", "CZstd", "CLzma", "CBzip2"]),
        .testTarget(
            name: "EvaluationTests", dependencies: ["Evaluation", "Matrices"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "ProjectionTests", dependencies: ["Projection", "Matrices", "CZlib"],
            swiftSettings: numeric),
        .testTarget(name: "RecommendationTests", dependencies: ["Recommendation", "Matrices"]),
        .testTarget(
            name: "LibraryTests",
            dependencies: [
                "Library", "AudioFeatures", "AudioNetwork", "Evaluation", "Projection", "Matrices",
                "TestSupport",
            ]),
        .testTarget(
            name: "ColdwaveServerTests",
            dependencies: [
                "ColdwaveServer", "Library", "AudioFeatures", "Synthesis", "Matrices",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ]),
        .testTarget(
            name: "ColdwaveCommandTests",
            dependencies: [
                "ColdwaveCommand", "Synthesis", "AudioFeatures", "Matrices", "TestSupport", "Torch",
            ]),
    ]
)
