//! What the group tells a member: partitions come and go.

use super::ledger::Ledger;
use crate::client::{Context, heard, log};
use crate::meter;
use mediamesh_domain::position::Partition;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, TopicPartitionList};
use std::sync::{Arc, Mutex, PoisonError};

/// A member's consumer.
pub(super) type Client = BaseConsumer<Rebalances>;

/// What the group has told.
#[derive(Debug)]
pub(super) enum Told {
    /// These partitions are to be taken over; the client waits for `incremental_assign`.
    Come(Vec<Partition>),
    /// These have gone; what was under way in them has been committed or is void.
    Gone(Vec<Partition>),
}

/// Hears of partitions that come and go.
pub(super) struct Rebalances {
    context: Context,
    group: String,
    ledger: Arc<Ledger>,
    told: Mutex<Vec<Told>>,
}

impl Rebalances {
    pub(super) fn new(context: Context, group: String, ledger: Arc<Ledger>) -> Self {
        Self {
            context,
            group,
            ledger,
            told: Mutex::default(),
        }
    }

    /// What has been told since the last call.
    pub(super) fn told(&self) -> Vec<Told> {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, told: Told) {
        self.told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(told);
    }

    /// Lets partitions go: what is under way is committed first, unless they were lost already.
    fn let_go(&self, client: &Client, list: &TopicPartitionList) {
        let partitions = partitions(list);
        // Lost: the group has given them to others without waiting for us.
        let lost = client.assignment_lost();
        meter::moved(
            &self.group,
            if lost { "lost" } else { "revoked" },
            partitions.len(),
        );
        self.ledger.hand_over(client, &partitions, lost);
        // The default of the trait unassigns before anybody could commit; and two calls for one rebalance reset
        // offsets (as snuba found), so there is one, and of the kind that the protocol asks for.
        let done = match client.rebalance_protocol() {
            RebalanceProtocol::Cooperative => client.incremental_unassign(list),
            RebalanceProtocol::Eager | RebalanceProtocol::None => client.unassign(),
        };
        if let Err(error) = done {
            tracing::warn!(group = self.group, %error, "partitions are not let go");
        }
        self.tell(Told::Gone(partitions));
    }
}

impl ClientContext for Rebalances {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if facility == "MAXPOLL" {
            // The client has left the group and goes on as if it had not: the membership is over.
            self.ledger.fail("it was not polled in time");
        }
        log(&self.context.of, level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        heard(&self.context.of, &self.context.health, &error, reason);
    }
}

impl ConsumerContext for Rebalances {
    /// Partitions that come are only noted: taking them over asks the brokers, and may have to be tried again.
    fn rebalance(&self, client: &Client, what: RDKafkaRespErr, list: &mut TopicPartitionList) {
        match what {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => {
                let partitions = partitions(list);
                meter::moved(&self.group, "assigned", partitions.len());
                self.tell(Told::Come(partitions));
            }
            _ => self.let_go(client, list),
        }
    }
}

fn partitions(list: &TopicPartitionList) -> Vec<Partition> {
    let elements = list.elements();
    elements
        .iter()
        .map(|element| Partition(element.partition()))
        .collect()
}
