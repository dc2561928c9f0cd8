//! Tests of both faces over ports in memory, filled by the domain itself: commands are decided, documents
//! projected, and what the routes answer is looked at from outside.

mod description;
mod desk;
mod documents;
mod doubles;
mod held;
mod hostile;
mod identity;
mod lists;
mod positions;
mod records;
mod runs;
mod scene;
mod searching;
mod withdrawals;
