//! What errors of librdkafka mean to the port.

use mediamesh_ports::event_log::Error;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// Something could not be asked or done now.
pub(crate) fn away(doing: &str, error: &KafkaError) -> Error {
    Error::Transient(format!("{doing}: {error}"))
}

/// A record was not taken.
pub(crate) fn not_taken(error: &KafkaError) -> Error {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::MessageSizeTooLarge) => {
            Error::Refused("a record is larger than the brokers take".to_owned())
        }
        _ => away("append", error),
    }
}

/// What to do about an error of a transaction's call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The same call may go through later.
    Retry,
    /// The transaction is to be aborted; the producer can go on.
    Abort,
    /// Another has taken over: what was being done is void.
    Fenced,
    /// It is not known what happened, or the producer cannot go on: it must be a new one.
    Replace,
}

/// What to do about an error of a transaction's call.
pub(crate) fn remedy(error: &KafkaError) -> Remedy {
    let KafkaError::Transaction(error) = error else {
        return Remedy::Replace;
    };
    match error.code() {
        RDKafkaErrorCode::Fenced
        | RDKafkaErrorCode::ProducerFenced
        | RDKafkaErrorCode::InvalidProducerEpoch
        | RDKafkaErrorCode::FencedInstanceId => Remedy::Fenced,
        _ if error.is_fatal() => Remedy::Replace,
        _ if error.txn_requires_abort() => Remedy::Abort,
        _ if error.is_retriable() => Remedy::Retry,
        // Neither of them: nothing is promised about the transaction.
        _ => Remedy::Replace,
    }
}
