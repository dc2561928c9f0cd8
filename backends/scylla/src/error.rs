//! What errors of the driver mean.

use crate::settings::Unusable;
use mediamesh_ports::denied::{Denied, Knock};
use mediamesh_ports::view_store;
use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind as Setup, DbError,
    ExecutionError, MetadataError, NewSessionError, PrepareError, RequestAttemptError,
};

/// Why the store cannot be opened, or its schema not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings are wrong.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The nodes turn us away.
    #[error("the CQL cluster: {0}")]
    Denied(#[from] Denied),
    /// The cluster does not answer; the same call may go through later.
    #[error("the CQL cluster does not do as asked: {0}")]
    Cluster(String),
    /// A migration that was applied has another text now.
    #[error(
        "{0} has been changed since it was applied: put it back and write the change as a new file"
    )]
    Changed(String),
    /// Migrations have not been applied.
    #[error("the keyspace is not up to date ({0}): run `mediamesh views migrate`")]
    Behind(String),
}

impl From<NewSessionError> for Error {
    fn from(error: NewSessionError) -> Self {
        if let NewSessionError::MetadataError(MetadataError::ConnectionPoolError(
            ConnectionPoolError::Broken {
                last_connection_error: ConnectionError::ConnectionSetupRequestError(setup),
            },
        )) = &error
        {
            match setup.get_error() {
                Setup::DbError(DbError::AuthenticationError | DbError::Unauthorized, said) => {
                    return Denied::Login(said.clone()).into();
                }
                Setup::MissingAuthentication => {
                    return Denied::Login("the nodes ask for a user and a password".to_owned())
                        .into();
                }
                _ => {}
            }
        }
        match Knock::of(&error) {
            Knock::Denied(denied) => denied.into(),
            Knock::Away(said) => Self::Cluster(said),
        }
    }
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The cluster could not answer in time, or not at all: whether a write was done is unknown.
    Away(String),
    /// The cluster does not let us; that lies in its roles or ours, never in a row.
    Denied(String),
    /// The statement does not fit what is there: its table is missing, or a value is not possible.
    Invalid(String),
    /// It never goes through as it is.
    Wrong(String),
}

impl Fault {
    /// What a row that cannot be read means.
    pub(crate) fn unreadable(what: impl std::fmt::Display) -> Self {
        Self::Wrong(format!("a stored row cannot be read: {what}"))
    }

    /// The same, where no row can be the reason.
    pub(crate) fn of_no_row(self) -> Self {
        match self {
            Self::Away(said) | Self::Denied(said) | Self::Invalid(said) | Self::Wrong(said) => {
                Self::Denied(said)
            }
        }
    }

    fn of(error: &RequestAttemptError, said: String) -> Self {
        let RequestAttemptError::DbError(error, _) = error else {
            return match error {
                RequestAttemptError::SerializationError(_)
                | RequestAttemptError::CqlRequestSerialization(_) => Self::Wrong(said),
                _ => Self::Away(said),
            };
        };
        match error {
            DbError::Invalid => Self::Invalid(said),
            DbError::SyntaxError | DbError::ProtocolError => Self::Wrong(said),
            DbError::Unauthorized | DbError::AuthenticationError | DbError::ConfigError => {
                Self::Denied(said)
            }
            _ => Self::Away(said),
        }
    }
}

impl From<ExecutionError> for Fault {
    fn from(error: ExecutionError) -> Self {
        let said = error.to_string();
        match error {
            ExecutionError::BadQuery(_) => Self::Wrong(said),
            ExecutionError::LastAttemptError(attempt) => Self::of(&attempt, said),
            ExecutionError::PrepareError(error) => error.into(),
            _ => Self::Away(said),
        }
    }
}

impl From<PrepareError> for Fault {
    fn from(error: PrepareError) -> Self {
        let said = error.to_string();
        match error {
            PrepareError::AllAttemptsFailed { first_attempt } => Self::of(&first_attempt, said),
            _ => Self::Away(said),
        }
    }
}

/// A sink parks the row where an error is permanent, and waits where it is not: what does not lie in the row is
/// transient, however long it takes somebody to mend it.
impl From<Fault> for view_store::Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Away(said) | Fault::Denied(said) => Self::Transient(said),
            Fault::Invalid(said) | Fault::Wrong(said) => Self::Permanent(said),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Away(said) | Fault::Denied(said) | Fault::Invalid(said) | Fault::Wrong(said) => {
                Self::Cluster(said)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scylla::errors::OperationType;
    use scylla::statement::Consistency;
    use std::time::Duration;

    fn said(error: DbError) -> view_store::Error {
        let attempt = RequestAttemptError::DbError(error, "said".to_owned());
        Fault::from(ExecutionError::LastAttemptError(attempt)).into()
    }

    #[test]
    fn what_passes_and_what_the_operator_must_mend_is_transient() {
        let consistency = Consistency::LocalQuorum;
        for error in [
            DbError::Overloaded,
            DbError::IsBootstrapping,
            DbError::ServerError,
            DbError::Unauthorized,
            DbError::Unavailable {
                consistency,
                required: 2,
                alive: 1,
            },
            DbError::ReadTimeout {
                consistency,
                received: 1,
                required: 2,
                data_present: true,
            },
            DbError::RateLimitReached {
                op_type: OperationType::Write,
                rejected_by_coordinator: true,
            },
        ] {
            let error = said(error);
            assert!(
                matches!(error, view_store::Error::Transient(_)),
                "{error:?}"
            );
        }
        let late = ExecutionError::RequestTimeout(Duration::from_secs(2));
        assert!(matches!(Fault::from(late), Fault::Away(_)));
    }

    #[test]
    fn what_lies_in_the_statement_or_its_values_is_permanent() {
        for error in [DbError::Invalid, DbError::SyntaxError] {
            let error = said(error);
            assert!(
                matches!(error, view_store::Error::Permanent(_)),
                "{error:?}"
            );
        }
    }
}
