//! What may happen and what may not, told as given, when, then.

mod answers;
mod editing;
mod fanout;
mod imports;
mod ladder;
mod life;
mod properties;
mod versions;
