//! What may happen and what may not, told as given, when, then.

mod answers;
mod editing;
mod fanout;
mod imports;
mod ladder;
mod ladder_properties;
mod life;
mod merging;
mod programs;
mod properties;
mod release;
mod restoring;
mod versions;
mod withdraw;
