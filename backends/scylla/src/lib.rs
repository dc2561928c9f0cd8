//! The view store on ScyllaDB or Cassandra, by CQL.
