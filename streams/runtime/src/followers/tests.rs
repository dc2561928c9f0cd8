//! Followers over a log in memory.

use super::*;
use crate::driver::MemoryLog;
use crate::health::Health;
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::accounts::{
    AccountBody, AccountErased, AccountRecord, PasswordHash, Profile,
};
use mediamesh_domain::control::{ControlEvent, ControlFact, SwitchView};
use mediamesh_domain::id::{CommandId, EventId, ItemRef, ProgramId, UserId};
use mediamesh_domain::position::{Partition, Position, Seq, Version};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::{Accepted, Outcome, Verdict};
use mediamesh_domain::view::{View, ViewProgress};
use mediamesh_ports::accounts::Accounts as _;
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::NewRecord;
use mediamesh_ports::progress::Progress;
use mediamesh_ports::verdicts::Verdicts;
use mediamesh_schemas::{Codec, Contract};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(20);

fn push<T: Contract>(log: &MemoryLog, partition: i32, value: &T) {
    log.push(vec![NewRecord {
        topic: T::TOPIC,
        partition: Partition(partition),
        key: Vec::new(),
        value: Some(Codec::embedded().encode(value).unwrap()),
        headers: Vec::new(),
        timestamp: Timestamp(0),
    }]);
}

fn switched(seq: i64, version: i32) -> ControlEvent {
    ControlEvent {
        event_id: EventId(Uuid::from_u128(1)),
        seq: Seq(seq),
        version: Version(seq),
        decided_at: Timestamp(0),
        command_id: CommandId(Uuid::from_u128(2)),
        principal: Principal::system("test"),
        correlation_id: None,
        body: ControlFact::ViewSwitched(SwitchView {
            view: "history".to_owned(),
            version,
        }),
    }
}

fn told(version: i32, seq: i64) -> ViewProgress {
    ViewProgress {
        view: View::History,
        version,
        partition: Partition(4),
        seq: Seq(seq),
        at: Timestamp(0),
    }
}

fn verdict(command: u128) -> Verdict {
    let id = Uuid::from_u128(command);
    Verdict {
        command_id: CommandId(id),
        program_id: Some(ProgramId(id)),
        command: "create_program".to_owned(),
        decided_at: Timestamp(0),
        correlation_id: None,
        import: None,
        outcome: Outcome::Accepted(Accepted {
            item: ItemRef::program(ProgramId(id)),
            version: Version(1),
            events: Vec::new(),
            partition: Partition(0),
            seq: Seq(1),
            rebased_on: None,
            warnings: Vec::new(),
        }),
    }
}

async fn control(log: &MemoryLog, cancel: &CancellationToken) -> Arc<ControlFollower> {
    let (log, health) = (Arc::new(log.clone()), Arc::new(Health::default()));
    let follower = ControlFollower::start(log, Codec::embedded(), health, cancel.clone());
    follower.await.unwrap()
}

#[tokio::test]
async fn control_is_followed_from_the_beginning_and_waited_for() {
    let (log, cancel) = (MemoryLog::default(), CancellationToken::new());
    push(&log, 0, &switched(1, 2));
    let control = control(&log, &cancel).await;
    assert_eq!(
        control.current().view_version("history"),
        2,
        "what was there is known at once"
    );
    assert!(!control.reach(Seq(2), SHORT).await);
    push(&log, 0, &switched(2, 3));
    assert!(control.reach(Seq(2), LONG).await);
    assert_eq!(control.current().view_version("history"), 3);
    cancel.cancel();
}

#[tokio::test]
async fn progress_is_that_of_the_version_that_readers_use() {
    let (log, cancel) = (MemoryLog::default(), CancellationToken::new());
    push(&log, 0, &told(1, 7));
    let control = control(&log, &cancel).await;
    let progress = ProgressFollower::start(
        Arc::new(log.clone()),
        Codec::embedded(),
        control.clone(),
        Arc::default(),
        Arc::new(Health::default()),
        cancel.clone(),
    );
    let progress = progress.await.unwrap();
    let at = |seq| Position::at(Partition(4), Seq(seq));
    assert_eq!(progress.current(View::History), at(7));
    assert_eq!(
        progress.reach(View::History, &at(8), SHORT).await,
        Err(at(7))
    );
    push(&log, 0, &told(1, 8));
    assert_eq!(progress.reach(View::History, &at(8), LONG).await, Ok(at(8)));
    progress.listener()(
        mediamesh_domain::view::ViewVersion::new(View::History, 1),
        Partition(4),
        Seq(9),
    );
    assert_eq!(
        progress.reach(View::History, &at(9), SHORT).await,
        Ok(at(9)),
        "heard at once"
    );
    push(&log, 0, &switched(1, 2));
    assert!(control.reach(Seq(1), LONG).await);
    assert_eq!(progress.current(View::History), Position::default());
    cancel.cancel();
}

#[tokio::test]
async fn who_waits_hears_their_verdict_and_old_ones_are_not_read() {
    let (log, cancel) = (MemoryLog::default(), CancellationToken::new());
    push(&log, 2, &verdict(1));
    let health = Arc::new(Health::default());
    let verdicts = VerdictsFollower::start(
        Arc::new(log.clone()),
        Codec::embedded(),
        Partition(2),
        health,
        cancel.clone(),
    );
    let verdicts = verdicts.await.unwrap();
    assert_eq!(verdicts.reply_partition(), Partition(2));
    let [one, two, again] = [1, 2, 2].map(|id| verdicts.expect(CommandId(Uuid::from_u128(id))));
    push(&log, 2, &verdict(2));
    assert_eq!(two.verdict(LONG).await, Some(verdict(2)));
    assert_eq!(
        again.verdict(LONG).await,
        Some(verdict(2)),
        "a retry of the same command, too"
    );
    assert_eq!(one.verdict(SHORT).await, None);
    cancel.cancel();
}

fn account(user: u128, seq: i64, body: AccountBody) -> AccountRecord {
    AccountRecord {
        user_id: UserId(Uuid::from_u128(user)),
        seq: Seq(seq),
        at: Timestamp(0),
        body,
    }
}

fn profile(email: &str) -> AccountBody {
    AccountBody::Profile(Profile {
        email: email.to_owned(),
        name: "Nour".to_owned(),
    })
}

#[tokio::test]
async fn people_are_followed_found_by_address_and_forgotten() {
    let (log, cancel) = (MemoryLog::default(), CancellationToken::new());
    push(&log, 0, &account(1, 1, profile("Nour@media.example")));
    let phc = "$argon2id$x".to_owned();
    let password = AccountBody::Password(PasswordHash { phc });
    push(&log, 0, &account(1, 2, password.clone()));
    let accounts = AccountsFollower::start(
        Arc::new(log.clone()),
        Codec::embedded(),
        Arc::new(Health::default()),
        cancel.clone(),
    );
    let accounts = accounts.await.unwrap();
    let nour = UserId(Uuid::from_u128(1));
    assert_eq!(accounts.by_email(" nour@MEDIA.example"), Some(nour));
    let known = accounts.of(nour).unwrap();
    assert_eq!(known.profile.name, "Nour");
    assert_eq!(known.password.map(AccountBody::Password), Some(password));
    let command_id = CommandId(Uuid::nil());
    let erased = AccountBody::Erased(AccountErased { command_id });
    push(&log, 0, &account(1, 3, erased.clone()));
    push(&log, 0, &account(1, 3, erased));
    assert!(accounts.reach(Seq(3), LONG).await);
    assert_eq!(accounts.by_email("nour@media.example"), None);
    push(&log, 0, &account(2, 4, profile("nour@media.example")));
    assert!(accounts.reach(Seq(4), LONG).await);
    let other = UserId(Uuid::from_u128(2));
    assert_eq!(accounts.by_email("nour@media.example"), Some(other));
    assert_eq!(accounts.of(nour), None);
    cancel.cancel();
}
