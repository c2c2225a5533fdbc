import Foundation
import GRDB

/// The library's database: tracks, listeners, plays, failures, stage runs. SQLite in WAL mode: one writer, readers
/// that never wait.
public struct Catalogue: Sendable {
    /// The format this code writes; kept in SQLite's `user_version`.
    public static let formatVersion = 5
    let database: DatabasePool
    public let location: LibraryLocation

    /// Opens the catalogue in `location`.
    /// - Parameter create: makes folder and tables where there are none.
    /// - Throws: ``LibraryError/notFound(path:)``, ``LibraryError/newerVersion(path:got:expected:)``,
    ///   ``LibraryError/notALibrary(path:reason:)``, ``LibraryError/cannotWrite(path:reason:)``.
    public init(_ location: LibraryLocation, create: Bool = false) throws {
        self.location = location
        let path = location.catalogue.path
        if !FileManager.default.fileExists(atPath: path) {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: location.root.path, isDirectory: &isFolder),
                !isFolder.boolValue
            {
                throw LibraryError.notALibrary(
                    path: location.root.path,
                    reason: "it is a file, and a library is a folder. Name another with --library.")
            }
            guard create else { throw LibraryError.notFound(path: location.root.path) }
            do {
                try FileManager.default.createDirectory(
                    at: location.root, withIntermediateDirectories: true)
            } catch {
                throw LibraryError.cannotWrite(
                    path: location.root.path, reason: error.localizedDescription)
            }
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.label = "catalogue"
        do {
            database = try DatabasePool(path: path, configuration: configuration)
            let version = try database.read {
                try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0
            }
            if version > Self.formatVersion {
                throw LibraryError.newerVersion(
                    path: location.root.path, got: version, expected: Self.formatVersion)
            }
            if version < Self.formatVersion { try Self.migrator.migrate(database) }
        } catch let error as DatabaseError {
            throw LibraryError.notALibrary(
                path: location.root.path,
                reason: error.message ?? "SQLite cannot open catalogue.sqlite")
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: schema)
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2") { database in
            try database.execute(sql: additions2)
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3") { database in
            try database.execute(sql: additions3)
            try database.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("4") { database in
            try database.execute(sql: additions4)
            try database.execute(sql: "PRAGMA user_version = 4")
        }
        migrator.registerMigration("5") { database in
            try database.execute(sql: additions5)
            try database.execute(sql: "PRAGMA user_version = 5")
        }
        return migrator
    }

    private static let schema = """
        CREATE TABLE root (path TEXT PRIMARY KEY NOT NULL);
        CREATE TABLE track (
            id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, relativePath TEXT NOT NULL, stem TEXT NOT NULL,
            size INTEGER NOT NULL, modified REAL NOT NULL, contentHash TEXT NOT NULL,
            title TEXT NOT NULL, artist TEXT NOT NULL, albumArtist TEXT, album TEXT, trackNumber INTEGER,
            discNumber INTEGER, year INTEGER, genres TEXT NOT NULL DEFAULT '', recordingMBID TEXT,
            releaseMBID TEXT, isrc TEXT, spotifyURI TEXT, matchKey TEXT NOT NULL,
            codec TEXT NOT NULL, channels INTEGER NOT NULL, sampleRate INTEGER NOT NULL,
            durationSeconds REAL NOT NULL, excerptStartSeconds REAL NOT NULL,
            shard INTEGER NOT NULL, shardOffset INTEGER NOT NULL, frames INTEGER NOT NULL,
            padded INTEGER NOT NULL DEFAULT 0, warnings TEXT NOT NULL DEFAULT '', missing INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX trackByHash ON track(contentHash);
        CREATE INDEX trackByMBID ON track(recordingMBID);
        CREATE INDEX trackBySpotify ON track(spotifyURI);
        CREATE INDEX trackByISRC ON track(isrc);
        CREATE INDEX trackByRelativePath ON track(relativePath);
        CREATE INDEX trackByStem ON track(stem);
        CREATE INDEX trackByMatchKey ON track(matchKey);
        CREATE TABLE failure (path TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL, modified REAL NOT NULL,
            reason TEXT NOT NULL);
        CREATE TABLE listener (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        -- What a listening file calls a song. It points to a track once one matches.
        CREATE TABLE reference (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, externalID TEXT, artist TEXT, title TEXT, album TEXT,
            recordingMBID TEXT, spotifyURI TEXT, isrc TEXT, path TEXT, matchKey TEXT,
            trackID INTEGER REFERENCES track(id));
        CREATE INDEX referenceByTrack ON reference(trackID);
        -- time is seconds since 1970, or -1 for a row that is a count without times.
        CREATE TABLE play (listenerID INTEGER NOT NULL, referenceID INTEGER NOT NULL, time INTEGER NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (listenerID, referenceID, time)) WITHOUT ROWID;
        CREATE INDEX playByReference ON play(referenceID);
        CREATE TABLE stageRun (stage TEXT PRIMARY KEY NOT NULL, run TEXT NOT NULL, inputDigest TEXT NOT NULL,
            seconds REAL NOT NULL, finished TEXT NOT NULL);
        CREATE TABLE revision (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
        INSERT INTO revision VALUES ('plays', 0), ('tracks', 0);
        """

    private static let additions2 = """
        ALTER TABLE track ADD COLUMN artistMBIDs TEXT NOT NULL DEFAULT '';
        ALTER TABLE track ADD COLUMN trackGain REAL;
        ALTER TABLE track ADD COLUMN hasCover INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE track ADD COLUMN excerpt TEXT NOT NULL DEFAULT '30';
        ALTER TABLE track ADD COLUMN audibleShare REAL NOT NULL DEFAULT 1;
        ALTER TABLE track ADD COLUMN kind TEXT NOT NULL DEFAULT 'song';
        ALTER TABLE track ADD COLUMN recording TEXT NOT NULL DEFAULT '';
        ALTER TABLE track ADD COLUMN signature BLOB;
        -- 0 until the track was compared with the others: whether its recording is here already.
        ALTER TABLE track ADD COLUMN compared INTEGER NOT NULL DEFAULT 0;
        UPDATE track SET recording = contentHash;
        CREATE INDEX trackByRecording ON track(recording);
        CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
        """

    private static let additions3 = """
        -- score: 1 loves it, -1 hates it, 0 took that back. time is seconds since 1970, or -1 where it was not said.
        CREATE TABLE feedback (listenerID INTEGER NOT NULL, referenceID INTEGER NOT NULL, score INTEGER NOT NULL,
            time INTEGER NOT NULL, PRIMARY KEY (listenerID, referenceID)) WITHOUT ROWID;
        CREATE TABLE playlist (id INTEGER PRIMARY KEY, listenerID INTEGER NOT NULL, name TEXT NOT NULL,
            UNIQUE (listenerID, name));
        CREATE TABLE playlistItem (playlistID INTEGER NOT NULL, position INTEGER NOT NULL,
            referenceID INTEGER NOT NULL, PRIMARY KEY (playlistID, position)) WITHOUT ROWID;
        """

    private static let additions4 = """
        -- A song turned away from before it had begun. time is seconds since 1970, or -1 where it was not said.
        CREATE TABLE skip (listenerID INTEGER NOT NULL, referenceID INTEGER NOT NULL, time INTEGER NOT NULL,
            PRIMARY KEY (listenerID, referenceID, time)) WITHOUT ROWID;
        """

    private static let additions5 = """
        -- NULL until the next scan reads the file's tags again.
        ALTER TABLE track ADD COLUMN languages TEXT;
        """

    /// Counts up when plays (or what they match) change, so that stages can tell whether they are fresh.
    func bumpRevision(_ name: String, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE revision SET value = value + 1 WHERE name = ?", arguments: [name])
    }

    func revision(_ name: String) throws -> Int {
        try database.read {
            try Int.fetchOne(
                $0, sql: "SELECT value FROM revision WHERE name = ?", arguments: [name]) ?? 0
        }
    }
}
