//! Every statement that is sent to the servers, apart from those that make tables (`migrations/`).
//!
//! A write names its timestamp, which is the row's `seq`, and binds every column: a cell that was left out would
//! keep what an older write put there. Nothing deletes rows and nothing has a time to live: a tombstone is
//! forgotten after `gc_grace_seconds`, a mark is not.

/// Makes a constant of each statement, and the list of all.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)*
        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

statements! {
    /// A row by its key.
    ROW = "SELECT seq, removed, content FROM {table} WHERE partition_key = ? AND clustering_key = ?";
    /// A partition key's rows, lowest first.
    ASCENDING = "SELECT clustering_key, seq, removed, content FROM {table} WHERE partition_key = ? \
        ORDER BY clustering_key ASC";
    /// Those after a clustering key.
    ASCENDING_AFTER = "SELECT clustering_key, seq, removed, content FROM {table} WHERE partition_key = ? \
        AND clustering_key > ? ORDER BY clustering_key ASC";
    /// A partition key's rows, highest first.
    DESCENDING = "SELECT clustering_key, seq, removed, content FROM {table} WHERE partition_key = ? \
        ORDER BY clustering_key DESC";
    /// Those below a clustering key.
    DESCENDING_AFTER = "SELECT clustering_key, seq, removed, content FROM {table} WHERE partition_key = ? \
        AND clustering_key < ? ORDER BY clustering_key DESC";
    /// Every row, by token.
    SCAN = "SELECT partition_key, clustering_key, seq, removed, content FROM {table}";
    /// Every row whose token comes after that of a partition key.
    SCAN_AFTER = "SELECT partition_key, clustering_key, seq, removed, content FROM {table} \
        WHERE token(partition_key) > token(?)";
    /// Writes a row, or the mark that it was removed.
    WRITE = "INSERT INTO {table} (partition_key, clustering_key, seq, removed, content) \
        VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?";
    /// How far a view has come.
    PROGRESS = "SELECT seq FROM {table} WHERE partition = ?";
    /// Notes how far a view has come.
    SET_PROGRESS = "INSERT INTO {table} (partition, seq) VALUES (?, ?) USING TIMESTAMP ?";
    /// How often a version of a view was dropped.
    DROPS = "SELECT drops FROM {table} WHERE name = ? AND version = ?";
    /// Notes that; the number is its own timestamp.
    SET_DROPS = "INSERT INTO {table} (name, version, drops) VALUES (?, ?, ?) USING TIMESTAMP ?";
    /// Which migrations were applied.
    HISTORY = "SELECT number, name, checksum FROM {table}";
    /// Notes one; its number is its timestamp.
    SET_HISTORY = "INSERT INTO {table} (number, name, checksum) VALUES (?, ?, ?) USING TIMESTAMP ?";
    /// Which tables a keyspace has.
    TABLES = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?";
    /// Whether a keyspace is there.
    KEYSPACE = "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?";
    /// Makes a keyspace.
    CREATE_KEYSPACE = "CREATE KEYSPACE IF NOT EXISTS {keyspace} WITH replication = {replication}";
    /// Removes a table with all it holds.
    DROP_TABLE = "DROP TABLE IF EXISTS {table}";
}

/// A statement on a table.
pub(crate) fn on(table: &str, statement: &str) -> String {
    statement.replace("{table}", table)
}

/// How the only statements of migrations that are allowed begin.
pub(crate) const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS ";

#[cfg(test)]
mod tests;
